"""A bus that archives its events for 30 days, for replays."""

from kinexus_components import EventBus

events = EventBus("events", bus_name="shop-events", archive_days=30)
