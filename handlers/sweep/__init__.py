"""Sweep (reconciliation): once a day, processes closed tickets and reviews whose webhooks were lost."""
