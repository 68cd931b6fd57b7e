"""A function that gets every new order of a table."""

from kinexus_components import PythonFunction, RecordTable, StreamSubscription, StreamView

orders = RecordTable("orders", hash_key="order_id", stream=StreamView.NEW_IMAGE)
bill = PythonFunction("bill", handler="export.nightly.handle", source_root=".", include=["export"])
placed = StreamSubscription(
    "placed", stream_arn=orders, function=bill, record_filters=[{"eventName": ["INSERT"]}]
)
