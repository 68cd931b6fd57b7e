"""A dashboard and alarms for a function; alarms go to an address."""

from stack import Observability, PythonFunction

code = {"handler": "export.nightly.handle", "source_root": ".", "include": ["export"]}
export = PythonFunction("export", {"function_name": "export", "timeout_seconds": 60, **code})
names = {"function_name": export.function_name, "log_group_name": export.log_group_name}
watched = {"label": "export", "timeout_seconds": 60, **names}
watch = Observability(
    "watch", {"system_name": "shop", "functions": [watched], "alarm_email": "oncall@example.com"}
)
