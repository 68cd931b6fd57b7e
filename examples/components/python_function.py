"""A function with the permission to read a table."""

from kinexus_components import PythonFunction, PythonFunctionArgs, RecordTable

orders = RecordTable("orders", {"table_name": "orders", "hash_key": "order_id"})
code = PythonFunctionArgs(
    function_name="export", handler="export.nightly.handle", source_root=".", include=["export"]
)
code["timeout_seconds"] = 300
code["environment"] = {"TABLE": orders.table_name}
code["statements"] = [orders.read_statement]
export = PythonFunction("export", code)
