"""A function that gets every order that was placed, through a queue."""

from stack import EventBus, EventSubscription, PythonFunction

code = {"handler": "export.nightly.handle", "source_root": ".", "include": ["export"]}
pack = PythonFunction("pack", {"function_name": "pack", **code})
events = EventBus("events", {"bus_name": "shop-events"})
what = {"bus_name": events.bus_name, "pattern": {"source": ["shop"], "detail-type": ["OrderPlaced"]}}
placed = EventSubscription("placed", {"subscription_name": "placed", "function": pack.function, **what})
