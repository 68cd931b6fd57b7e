"""The pipeline's two webhooks: registered in Jira, or described for an administrator to register by hand."""

from dataclasses import dataclass

import pulumi

from .args import DocumentationPipelineArgs
from .jira_webhook import JiraWebhook

_REVIEWS = "labels = documentation-review AND statusCategory = Done"
_NO_REVIEW = "labels is EMPTY OR labels not in (documentation-review)"
_EVENT = "jira:issue_updated"


@dataclass(frozen=True)
class _Webhook:
    """Name, purpose, URL and filter of one webhook."""

    name: str
    purpose: str
    url: pulumi.Output[str]
    jql: pulumi.Output[str]


def create_webhooks(
    name: str,
    args: DocumentationPipelineArgs,
    changes_url: pulumi.Output[str],
    reviews_url: pulumi.Output[str],
    opts: pulumi.ResourceOptions,
) -> pulumi.Output[str]:
    """Register both webhooks if `register_webhooks` is set; otherwise return the steps to do it by hand."""
    webhooks = (
        _Webhook("jira-webhook", "change detection", changes_url, _changes_filter(args)),
        _Webhook("approval-webhook", "approval", reviews_url, pulumi.Output.from_input(_REVIEWS)),
    )
    if not args["register_webhooks"]:
        return pulumi.Output.all(*(_step(each) for each in webhooks)).apply(
            lambda steps: "\n".join([*_INTRODUCTION, *steps])
        )
    for each in webhooks:
        JiraWebhook(
            f"{name}-{each.name}",
            {
                "jira_url": args["jira_browse_url"],
                "webhook_name": pulumi.Output.concat(args["name_prefix"], f": {each.purpose}"),
                "url": each.url,
                "events": [_EVENT],
                "jql": each.jql,
                "secret": pulumi.Output.from_input(args["webhook_secrets"]).apply(_newest),
            },
            opts,
        )
    return pulumi.Output.from_input("")


_INTRODUCTION = (
    "As a Jira administrator, open Settings > System > WebHooks and create these two webhooks with Create a WebHook.",
    "Each has the event Issue: updated, the status Enabled, Exclude body off, and as its secret the first value of "
    "`pulumi config get webhookSecret`.",
)


def _step(webhook: _Webhook) -> pulumi.Output[str]:
    """Return the name, URL and JQL to enter for one webhook."""
    return pulumi.Output.concat(
        "Name: Kinexus: ", webhook.purpose, " | URL: ", webhook.url, " | JQL: ", webhook.jql
    )


def _changes_filter(args: DocumentationPipelineArgs) -> pulumi.Output[str]:
    """Return the JQL filter for closed issues that may need documentation; it only reduces traffic.

    JiraWebhookHandler checks every rule itself. The filter accepts any label, because JQL cannot match the prefix of
    `docs:PAGE-ID`, but not that of Kinexus's own review tickets. `not in` alone leaves out tickets without labels.
    """

    def write(types: str) -> str:
        wanted = f"labels is not EMPTY OR issuetype in ({_quoted(types)})" if types else "labels is not EMPTY"
        return f"(statusCategory = Done AND ({wanted})) AND ({_NO_REVIEW})"

    return pulumi.Output.from_input(args["document_issue_types"]).apply(write)


def _quoted(names: str) -> str:
    """Return a comma-separated list as a list of JQL strings."""
    escaped = (name.replace("\\", "\\\\").replace('"', '\\"') for name in names.split(","))
    return ", ".join(f'"{name}"' for name in escaped)


def _newest(secrets: str) -> str:
    """Return the first of the secrets, which is the newest."""
    return secrets.split(",")[0].strip()
