"""Sweep: once a day, processes closed tickets and reviews whose webhook was lost (reconciliation)."""
