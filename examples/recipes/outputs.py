"""Outputs in a pattern and a payload: a function gets the uploads of one bucket, and its name every night."""

from kinexus_components import DocumentBucket, EventSubscription, FunctionSchedule, PythonFunction

uploads = DocumentBucket("uploads", event_notifications=True)
read = PythonFunction("read", handler="export.nightly.handle", source_root=".", include=["export"])
arrived = EventSubscription(
    "arrived",
    bus_name="default",
    pattern={"source": ["aws.s3"], "detail": {"bucket": {"name": [uploads.bucket_name]}}},
    function=read,
)
nightly = FunctionSchedule(
    "nightly", expression="cron(30 2 * * ? *)", function=read, payload={"bucket": uploads.bucket_name}
)
