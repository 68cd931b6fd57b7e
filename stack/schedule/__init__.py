"""The FunctionSchedule component."""
