"""A function that runs every night, where the shop is."""

from stack import FunctionSchedule, PythonFunction

code = {"handler": "export.nightly.handle", "source_root": ".", "include": ["export"]}
export = PythonFunction("export", {"function_name": "export", **code})
night = {"expression": "cron(30 2 * * ? *)", "timezone": "Europe/Berlin"}
nightly = FunctionSchedule("nightly", {"schedule_name": "export", "function": export.function, **night})
