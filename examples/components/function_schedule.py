"""A function that runs every night at 02:30 in Berlin's time zone."""

from kinexus_components import FunctionSchedule, PythonFunction

job = PythonFunction("export", handler="export.nightly.handle", source_root=".", include=["export"])
nightly = FunctionSchedule("nightly", expression="cron(30 2 * * ? *)", timezone="Europe/Berlin", function=job)
