"""A function that reads a table."""

from stack import PythonFunction, RecordTable

orders = RecordTable("orders", {"table_name": "orders", "hash_key": "order_id"})
code = {"handler": "export.nightly.handle", "source_root": ".", "include": ["export"]}
rights = {"environment": {"TABLE": orders.table_name}, "statements": [orders.read_statement]}
export = PythonFunction("export", {"function_name": "export", "timeout_seconds": 300, **code, **rights})
