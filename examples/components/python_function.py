"""A function with the permission to read a table."""

from kinexus_components import PythonFunction, RecordTable

orders = RecordTable("orders", hash_key="order_id")
export = PythonFunction(
    "export",
    handler="export.nightly.handle",
    source_root=".",
    include=["export"],
    environment={"TABLE": orders.table_name},
    statements=[orders.read_statement],
)
