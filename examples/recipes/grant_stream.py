"""A function that reads a table's stream itself. To be called with the changes, use StreamSubscription."""

from kinexus_components import PythonFunction, RecordTable, StreamView

orders = RecordTable("orders", hash_key="order_id", stream=StreamView.KEYS_ONLY)
audit = PythonFunction(
    "audit",
    handler="export.nightly.handle",
    source_root=".",
    include=["export"],
    environment={"STREAM": orders.stream_arn},
    statements=[orders.grant_stream()],
)
