"""A function that gets the event of every placed order, through a queue."""

from kinexus_components import EventBus, EventSubscription, PythonFunction

bus = EventBus("events")
pack = PythonFunction("pack", handler="export.nightly.handle", source_root=".", include=["export"])
placed = EventSubscription(
    "placed",
    bus_name=bus,
    pattern={"source": ["shop"], "detail-type": ["OrderPlaced"]},
    function=pack,
)
