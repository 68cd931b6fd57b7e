"""Writes all orders of a table to a bucket every night: one file per day, one JSON object per line."""

from pathlib import Path

import pulumi
import pulumi_aws as aws
from kinexus_components import DocumentBucket, FunctionSchedule, Observability, PythonFunction, RecordTable

here = Path(__file__).resolve().parent
account = aws.get_caller_identity_output().account_id

orders = RecordTable("orders", {"table_name": "orders", "hash_key": "order_id"})
exports = DocumentBucket(
    "exports",
    {"bucket_name": pulumi.Output.concat("orders-exports-", account), "keep_old_versions_days": 30},
)
export = PythonFunction(
    "export",
    function_name="orders-export",
    description="Writes all orders to the bucket",
    handler="export.nightly.handle",
    source_root=str(here),
    include=["export"],
    timeout_seconds=900,
    memory_mb=512,
    environment={"TABLE": orders.table_name, "BUCKET": exports.bucket_name},
    statements=[orders.grant("dynamodb:Scan"), exports.grant("s3:PutObject", prefix="orders/")],
    asynchronous={"maximum_retries": 1},
)
watch = Observability(
    "watch",
    system_name="orders-export",
    functions=[export],
    alarm_email=pulumi.Config().get("alarmEmail") or "",
)
FunctionSchedule(
    "nightly",
    schedule_name="orders-export",
    expression="cron(30 2 * * ? *)",
    timezone="Europe/Berlin",
    function=export,
    alarm_topic_arns=[watch],
)

pulumi.export("bucket", exports.bucket_name)
pulumi.export("table", orders.table_name)
pulumi.export("function", export.function_name)
