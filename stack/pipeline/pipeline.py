"""DocumentationPipeline: everything that turns a closed Jira ticket into a reviewed Confluence page."""

from pathlib import Path

import pulumi
import pulumi_aws as aws

from ..events.event_bus import EventBus
from ..events.event_subscription import EventSubscription
from ..function.args import ARCHITECTURE, RUNTIME
from ..function.packaging import layer_archive, source_code_hash
from ..function.python_function import PythonFunction
from ..monitoring.observability import Observability
from ..schedule.function_schedule import FunctionSchedule
from . import functions
from .api import create_endpoints
from .args import DocumentationPipelineArgs
from .bedrock_permissions import model_statements
from .functions import FunctionShape
from .model_choice import choose_model
from .monitoring import watch_pipeline
from .preflight import after_preflight
from .stores import create_stores
from .validation import ROOT, check_pipeline
from .webhooks import create_webhooks


class DocumentationPipeline(pulumi.ComponentResource):
    """The whole documentation pipeline: webhook API, functions, queues, bus, tables, bucket, secrets, alarms.

    It packages `handlers/` and `common/`, which are next to `stack/` in a checkout of Kinexus and not in the installed
    package: run the program from a checkout, or put one on PYTHONPATH.
    """

    webhook_api_url: pulumi.Output[str]
    """Base URL of the API, with its stage."""
    jira_webhook_url: pulumi.Output[str]
    """URL of the webhook for changed tickets."""
    approval_webhook_url: pulumi.Output[str]
    """URL of the webhook for closed review tickets."""
    webhook_steps: pulumi.Output[str]
    """Steps to register the webhooks in Jira by hand; empty if they are registered."""
    preflight_notes: pulumi.Output[list[str]]
    """Warnings of the preflight check, which do not stop the deployment."""
    changes_table: pulumi.Output[str]
    """Table of changes."""
    documents_table: pulumi.Output[str]
    """Table of documents."""
    documents_bucket: pulumi.Output[str]
    """Bucket of drafts and review pages."""
    event_bus: pulumi.Output[str]
    """Bus between the functions."""
    function_names: pulumi.Output[dict[str, str]]
    """Names of the functions in AWS."""
    log_groups: pulumi.Output[dict[str, str]]
    """Log groups of the functions."""
    queue_urls: pulumi.Output[dict[str, str]]
    """URLs of the queues, by function."""
    dead_letter_queue_urls: pulumi.Output[dict[str, str]]
    """URLs of the dead-letter queues, by function."""

    def __init__(
        self, name: str, args: DocumentationPipelineArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        args = check_pipeline(name, args)
        super().__init__("kinexus:index:DocumentationPipeline", name, None, opts)
        self._name = name
        self._args = args
        self._prefix = pulumi.Output.from_input(args["name_prefix"])
        self._child = pulumi.ResourceOptions(parent=self)

        account = aws.get_caller_identity_output(opts=pulumi.InvokeOptions(parent=self)).account_id
        region = aws.get_region_output(opts=pulumi.InvokeOptions(parent=self)).region
        model_id = choose_model(args, region)
        self._child, self.preflight_notes = after_preflight(name, args, region, model_id, self._child)
        stores = create_stores(name, args, account, region, self._child)
        self._statements = stores.statements(model_statements(model_id, region, account))
        settings = functions.environment_of_settings({**args, "bedrock_model_id": model_id})
        self._values = {**settings, **stores.values()}
        self._layer = self._build_layer()
        self._functions: dict[str, PythonFunction] = {}
        for shape in functions.FUNCTIONS:
            if "REVIEW_BASE_URL" not in shape.variables:
                self._function(shape)
        api = create_endpoints(name, args, self._functions, self._child)
        self._values["REVIEW_BASE_URL"] = api.url
        self._function(functions.REVIEW_TICKET_CREATOR)
        watch = watch_pipeline(name, args, self._functions, api, self._child)
        self._schedule(functions.SWEEP, args["sweep_schedule"], watch)
        queues = {
            shape.name: self._subscription(shape, stores.bus, watch)
            for shape in functions.FUNCTIONS
            if shape.events
        }

        self.webhook_api_url = api.url
        self.jira_webhook_url = pulumi.Output.concat(api.url, "/webhooks/jira")
        self.approval_webhook_url = pulumi.Output.concat(api.url, "/webhooks/approval")
        self.webhook_steps = create_webhooks(
            name, args, self.jira_webhook_url, self.approval_webhook_url, self._child
        )
        self.changes_table = stores.changes.table_name
        self.documents_table = stores.documents.table_name
        self.documents_bucket = stores.bucket.bucket_name
        self.event_bus = stores.bus.bus_name
        self.function_names = pulumi.Output.all(**{k: f.function_name for k, f in self._functions.items()})
        self.log_groups = pulumi.Output.all(**{k: f.log_group_name for k, f in self._functions.items()})
        self.queue_urls = pulumi.Output.all(**{k: q.queue_url for k, q in queues.items()})
        self.dead_letter_queue_urls = pulumi.Output.all(
            **{k: q.dead_letter_queue_url for k, q in queues.items()}
        )
        self.register_outputs(self.exports())

    def exports(self) -> dict[str, pulumi.Output[object]]:
        """Return the outputs by the names under which a program exports them."""
        return {
            "webhookApiUrl": self.webhook_api_url,
            "jiraWebhookUrl": self.jira_webhook_url,
            "approvalWebhookUrl": self.approval_webhook_url,
            "webhookSteps": self.webhook_steps,
            "preflightNotes": self.preflight_notes,
            "changesTable": self.changes_table,
            "documentsTable": self.documents_table,
            "documentsBucket": self.documents_bucket,
            "eventBus": self.event_bus,
            "functionNames": self.function_names,
            "logGroups": self.log_groups,
            "queueUrls": self.queue_urls,
            "deadLetterQueueUrls": self.dead_letter_queue_urls,
        }

    def _named(self, suffix: str) -> pulumi.Output[str]:
        """Return a resource name with the prefix."""
        return pulumi.Output.concat(self._prefix, "-", suffix)

    def _build_layer(self) -> aws.lambda_.LayerVersion:
        """Create the Lambda layer that all functions share."""
        prebuilt = self._args.get("layer_archive")
        lock = ROOT / "handlers" / "requirements.lock"
        archive = Path(prebuilt) if prebuilt else layer_archive(lock, ROOT / ".build")
        return aws.lambda_.LayerVersion(
            f"{self._name}-layer",
            layer_name=self._named("layer"),
            description="What the handlers import beyond boto3",
            code=pulumi.FileArchive(str(archive)),
            source_code_hash=source_code_hash(archive),
            compatible_architectures=[ARCHITECTURE.value],
            compatible_runtimes=[RUNTIME.value],
            opts=self._child,
        )

    def _function(self, shape: FunctionShape) -> None:
        """Create a function with its environment and permissions."""
        self._functions[shape.name] = PythonFunction(
            f"{self._name}-{shape.name}",
            {
                "function_name": self._named(shape.name),
                "description": shape.description,
                "handler": shape.handler,
                "source_root": str(ROOT),
                "include": shape.include,
                "environment": functions.environment(shape, self._values),
                "statements": self._statements[shape.name],
                "layers": [self._layer.arn],
                "timeout_seconds": shape.timeout_seconds,
                "memory_mb": shape.memory_mb,
                "log_retention_days": self._args["log_retention_days"],
            },
            self._child,
        )

    def _subscription(self, shape: FunctionShape, bus: EventBus, watch: Observability) -> EventSubscription:
        """Create the subscription that delivers a function's events."""
        return EventSubscription(
            f"{self._name}-{shape.name}-events",
            {
                "subscription_name": self._named(shape.name),
                "bus_name": bus.bus_name,
                "pattern": {"source": ["kinexus"], "detail-type": list(shape.events)},
                "function": self._functions[shape.name].function,
                "may_send_back": True,
                "alarm_topic_arns": [watch.topic_arn],
            },
            self._child,
        )

    def _schedule(self, shape: FunctionShape, expression: str, watch: Observability) -> None:
        """Create a function's schedule, unless the expression is `off`."""
        if expression != "off":
            FunctionSchedule(
                f"{self._name}-{shape.name}-by-the-clock",
                {
                    "schedule_name": self._named(shape.name),
                    "description": shape.description,
                    "expression": expression,
                    "payload": functions.SCHEDULED_AT,
                    "function": self._functions[shape.name].function,
                    "alarm_topic_arns": [watch.topic_arn],
                },
                self._child,
            )
