"""ADF in the simulator: checking it, drawing it, turning it into wiki markup."""
