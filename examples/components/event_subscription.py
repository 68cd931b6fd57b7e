"""A function that gets the event of every placed order, through a queue."""

from kinexus_components import EventBus, EventSubscription, PythonFunction, PythonFunctionArgs

code = PythonFunctionArgs(
    function_name="pack", handler="export.nightly.handle", source_root=".", include=["export"]
)
pack = PythonFunction("pack", code)
bus = EventBus("events", {"bus_name": "shop-events"})
what = {"source": ["shop"], "detail-type": ["OrderPlaced"]}
placed = EventSubscription(
    "new", {"subscription_name": "new", "bus_name": bus.bus_name, "pattern": what, "function": pack.function}
)
