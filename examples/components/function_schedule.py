"""A function that runs every night at 02:30 in Berlin's time zone."""

from kinexus_components import FunctionSchedule, FunctionScheduleArgs, PythonFunction, PythonFunctionArgs

code = PythonFunctionArgs(
    function_name="export", handler="export.nightly.handle", source_root=".", include=["export"]
)
job = PythonFunction("export", code)
night = FunctionScheduleArgs(
    schedule_name="export", expression="cron(30 2 * * ? *)", timezone="Europe/Berlin", function=job.function
)
nightly = FunctionSchedule("nightly", night)
