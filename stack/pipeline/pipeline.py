"""DocumentationPipeline: everything that turns a closed Jira ticket into a reviewed Confluence page."""

from typing import Any, Unpack, overload

import pulumi
import pulumi_aws as aws

from ..arguments.shape import NOT_GIVEN, given_args, outputs_of
from ..arguments.tags import with_tags
from . import functions
from .api import create_endpoints
from .args import DocumentationPipelineArgs
from .bedrock_permissions import guardrail_statements, model_statements
from .model_choice import choose_model
from .monitoring import watch_pipeline
from .preflight import after_preflight
from .stores import create_stores
from .validation import check_pipeline
from .webhooks import create_webhooks
from .workers import Workers


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

    @overload
    def __init__(
        self, name: str, args: DocumentationPipelineArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None: ...
    @overload
    def __init__(
        self,
        name: str,
        *,
        opts: pulumi.ResourceOptions | None = None,
        **keywords: Unpack[DocumentationPipelineArgs],
    ) -> None: ...
    def __init__(
        self,
        name: str,
        args: DocumentationPipelineArgs = NOT_GIVEN,
        opts: pulumi.ResourceOptions | None = None,
        **keywords: Any,
    ) -> None:
        args = given_args(DocumentationPipelineArgs, args, keywords)
        args = check_pipeline(name, args)
        super().__init__("kinexus:index:DocumentationPipeline", name, None, with_tags(opts, args))
        child = pulumi.ResourceOptions(parent=self)
        account = aws.get_caller_identity_output(opts=pulumi.InvokeOptions(parent=self)).account_id
        region = aws.get_region_output(opts=pulumi.InvokeOptions(parent=self)).region
        model_id = choose_model(args, region)
        child, self.preflight_notes = after_preflight(name, args, region, model_id, child)
        stores = create_stores(name, args, account, region, child)
        settings = functions.environment_of_settings({**args, "bedrock_model_id": model_id})
        workers = Workers(
            name,
            args,
            stores.statements(
                pulumi.Output.all(
                    model_statements(model_id, region, account),
                    guardrail_statements(args["bedrock_guardrail"], region, account),
                ).apply(lambda both: [*both[0], *both[1]])
            ),
            {**settings, **stores.values()},
            child,
        )
        for shape in functions.FUNCTIONS:
            if "REVIEW_BASE_URL" not in shape.variables:
                workers.create(shape)
        api = create_endpoints(name, args, workers.created, child)
        workers.create(functions.REVIEW_TICKET_CREATOR, {"REVIEW_BASE_URL": api.url})
        watch = watch_pipeline(name, args, workers.created, api, child)
        workers.schedule(functions.SWEEP, args["sweep_schedule"], watch)
        queues = {
            shape.name: workers.subscribe(shape, stores.bus, watch)
            for shape in functions.FUNCTIONS
            if shape.events
        }

        self.webhook_api_url = api.url
        self.jira_webhook_url = pulumi.Output.concat(api.url, "/webhooks/jira")
        self.approval_webhook_url = pulumi.Output.concat(api.url, "/webhooks/approval")
        self.webhook_steps = create_webhooks(
            name, args, self.jira_webhook_url, self.approval_webhook_url, child
        )
        self.changes_table = stores.changes.table_name
        self.documents_table = stores.documents.table_name
        self.documents_bucket = stores.bucket.bucket_name
        self.event_bus = stores.bus.bus_name
        self.function_names = pulumi.Output.all(**{k: f.function_name for k, f in workers.created.items()})
        self.log_groups = pulumi.Output.all(**{k: f.log_group_name for k, f in workers.created.items()})
        self.queue_urls = pulumi.Output.all(**{k: q.queue_url for k, q in queues.items()})
        self.dead_letter_queue_urls = pulumi.Output.all(
            **{k: q.dead_letter_queue_url for k, q in queues.items()}
        )
        self.register_outputs(outputs_of(self))

    def exports(self) -> dict[str, pulumi.Output[object]]:
        """Return the outputs by the names under which a program exports them."""
        return outputs_of(self)
