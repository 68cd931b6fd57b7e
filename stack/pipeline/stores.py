"""The pipeline's tables, bucket, bus and secrets, and the permissions of each function on them."""

from dataclasses import dataclass

import pulumi

from ..arguments.iam_policy import PolicyStatement
from ..bucket.document_bucket import DocumentBucket
from ..events.event_bus import EventBus
from ..secret.secret_bundle import SecretBundle
from ..table.args import KeyKind, TableIndex
from ..table.record_table import RecordTable
from .account import entries, given
from .args import DocumentationPipelineArgs

CREATED_PAGES: TableIndex = {
    "name": "created-pages",
    "hash_key": "created_in",
    "range_key": "created_at",
    "range_key_kind": KeyKind.NUMBER,
}
"""Index of the documents that create a page, by space and time."""

BY_STATUS: TableIndex = {"name": "by-status", "hash_key": "status"}
"""Index of the documents by status."""

CHANGES_BY_STATUS: TableIndex = {
    "name": "by-status",
    "hash_key": "status",
    "range_key": "detected_at",
    "range_key_kind": KeyKind.NUMBER,
}
"""Index of the changes by status and time."""

_GET, _PUT = "dynamodb:GetItem", "dynamodb:PutItem"
_UPDATE, _DELETE = "dynamodb:UpdateItem", "dynamodb:DeleteItem"
_FETCH, _STORE = "s3:GetObject", "s3:PutObject"
_DRAFTS, _REVIEWS = "drafts/", "reviews/"

Statements = list[pulumi.Input[PolicyStatement]]
InputStatements = pulumi.Input[Statements]


@dataclass(frozen=True)
class Stores:
    """The stores, bus and secrets that the functions share."""

    changes: RecordTable
    """Table of changes, by change id."""
    documents: RecordTable
    """Table of documents, and of the locks on pages, by document id."""
    bucket: DocumentBucket
    """Bucket of drafts and review pages."""
    bus: EventBus
    """Event bus between the functions."""
    atlassian: SecretBundle
    """API token for Jira and Confluence."""
    webhook: SecretBundle
    """Secrets with which webhooks are signed."""
    link: SecretBundle
    """Key with which links to review pages are signed."""
    chat: SecretBundle | None
    """URL of the chat webhook, if there is one."""

    def values(self) -> dict[str, pulumi.Input[str]]:
        """Return the names and ARNs of the stores by environment variable."""
        return {
            "CHANGES_TABLE": self.changes.table_name,
            "DOCUMENTS_TABLE": self.documents.table_name,
            "DOCUMENTS_BUCKET": self.bucket.bucket_name,
            "EVENT_BUS": self.bus.bus_name,
            "JIRA_API_TOKEN_SECRET_ARN": self.atlassian.secret_arn,
            "WEBHOOK_SECRET_ARN": self.webhook.secret_arn,
            "LINK_KEY_SECRET_ARN": self.link.secret_arn,
            "CHAT_WEBHOOK_URL_SECRET_ARN": self.chat.secret_arn if self.chat else "",
        }

    def statements(self, model: pulumi.Input[list[PolicyStatement]]) -> dict[str, InputStatements]:
        """Return the statements of each function: exactly the AWS calls that its code makes."""
        fetch_drafts = self.bucket.grant(_FETCH, prefix=_DRAFTS)
        store_reviews = self.bucket.grant(_STORE, prefix=_REVIEWS)
        return {
            "JiraWebhookHandler": [
                self.changes.grant(_GET, _PUT),
                self.bus.publish_statement,
                self.webhook.read_statement,
            ],
            "DocumentOrchestrator": _joined(
                model,
                self.changes.grant(_GET, _PUT, _UPDATE),
                self.documents.grant(_GET, _PUT, _UPDATE, _DELETE),
                self.documents.grant_query(CREATED_PAGES["name"]),
                self.bucket.grant(_FETCH, _STORE, prefix=_DRAFTS),
                store_reviews,
                self.bus.publish_statement,
                self.atlassian.read_statement,
            ),
            "ReviewTicketCreator": [
                self.documents.grant(_GET, _PUT, _UPDATE, _DELETE),
                fetch_drafts,
                store_reviews,
                self.atlassian.read_statement,
                self.link.read_statement,
                *([self.chat.read_statement] if self.chat else []),
            ],
            "ApprovalHandler": [
                self.documents.grant(_GET, _UPDATE, _DELETE),
                fetch_drafts,
                store_reviews,
                self.bus.publish_statement,
                self.webhook.read_statement,
                self.atlassian.read_statement,
            ],
            "ReviewPage": [self.bucket.grant(_FETCH, prefix=_REVIEWS), self.link.read_statement],
            "Sweep": [
                self.changes.grant(_GET, _PUT),
                self.changes.grant_query(CHANGES_BY_STATUS["name"]),
                self.documents.grant(_GET, _UPDATE),
                self.documents.grant_query(BY_STATUS["name"]),
                fetch_drafts,
                self.bus.publish_statement,
                self.atlassian.read_statement,
            ],
        }


def create_stores(
    name: str,
    args: DocumentationPipelineArgs,
    account: pulumi.Input[str],
    region: pulumi.Input[str],
    opts: pulumi.ResourceOptions,
) -> Stores:
    """Create the stores of the pipeline; `opts` holds their parent."""
    prefix, protected = args["name_prefix"], args["protect_data"]
    own_key, chat_url = given(args, key_arn="key_arn"), args["chat_webhook_url"]

    def named(suffix: str) -> pulumi.Output[str]:
        return pulumi.Output.concat(prefix, "-", suffix)

    def table(label: str, key: str, *indexes: TableIndex) -> RecordTable:
        return RecordTable(
            f"{name}-{label}-table",
            table_name=named(label),
            hash_key=key,
            indexes=list(indexes),
            ttl_attribute="expires_at",
            deletion_protection=protected,
            opts=opts,
            **own_key,
        )

    def secret(label: str, suffix: str, content: dict[str, pulumi.Input[object]]) -> SecretBundle:
        return SecretBundle(
            f"{name}-{label}-secret",
            secret_name=pulumi.Output.concat(prefix, "/", suffix),
            secret_json=pulumi.Output.json_dumps(content),
            recovery_days=30 if protected else 0,
            opts=opts,
            **own_key,
        )

    return Stores(
        changes=table("changes", "change_id", CHANGES_BY_STATUS),
        documents=table("documents", "document_id", CREATED_PAGES, BY_STATUS),
        bucket=DocumentBucket(
            f"{name}-documents-bucket",
            bucket_name=pulumi.Output.concat(prefix, "-documents-", account, "-", region),
            deletion_protection=protected,
            force_destroy=not protected,
            opts=opts,
            **own_key,
        ),
        bus=EventBus(f"{name}-events", bus_name=named("events"), opts=opts, **own_key),
        atlassian=secret(
            "atlassian",
            "atlassian",
            {"apiToken": args["jira_api_token"], "confluenceApiToken": args["confluence_api_token"]},
        ),
        webhook=secret(
            "webhook",
            "webhook",
            {"secrets": entries(args["webhook_secrets"])},
        ),
        link=secret("link", "review-links", {"key": args["link_key"]}),
        chat=None if chat_url == "" else secret("chat", "chat-webhook", {"url": chat_url}),
    )


def _joined(
    more: pulumi.Input[list[PolicyStatement]], *own: pulumi.Input[PolicyStatement]
) -> pulumi.Output[Statements]:
    """Return own statements and those of a list that is known later."""
    return pulumi.Output.all(*own, more).apply(lambda known: [*known[:-1], *known[-1]])
