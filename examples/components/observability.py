"""A dashboard and alarms for a function; alarms are sent to an e-mail address."""

from kinexus_components import Observability, PythonFunction, PythonFunctionArgs, WatchedFunction

code = PythonFunctionArgs(
    function_name="export", handler="export.nightly.handle", source_root=".", include=["export"]
)
job = PythonFunction("export", {**code, "timeout_seconds": 60})
watched = WatchedFunction(
    label="export", function_name=job.function_name, log_group_name=job.log_group_name, timeout_seconds=60
)
ops = Observability("ops", {"system_name": "shop", "functions": [watched], "alarm_email": "ops@example.com"})
