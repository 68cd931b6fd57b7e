"""From a webhook or the sweep to a recorded change: detection, eligibility, reconciliation. Imports the adapters."""
