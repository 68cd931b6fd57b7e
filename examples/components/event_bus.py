"""A bus that keeps its events for a month, to be played again."""

from stack import EventBus

events = EventBus("events", {"bus_name": "shop-events", "archive_days": 30})
