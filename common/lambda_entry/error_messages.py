"""Error messages that are safe to show in tickets, which customers may read.

They contain no names of AWS resources, account ids, hosts or raw answers of services: those are only in the log. The
messages in an answer of Jira or Confluence are quoted.
"""

from __future__ import annotations

from botocore.exceptions import BotoCoreError, ClientError

from common.atlassian.error_answer import quotable_messages
from common.atlassian.errors import TOKEN_URL, AtlassianError, Gone, Unauthorized
from common.aws.event_bus import PublishFailed
from common.aws.secrets import InvalidSecret
from common.runtime.json_access import as_dict, as_str


def user_message(error: Exception) -> str:
    """Return a message for people. Our own errors are shown as they are; of other errors only the type or code.

    Errors of Jira and Confluence are shown with the status and the messages of the answer.
    """
    if isinstance(error, AtlassianError):
        return _atlassian_message(error)
    if isinstance(error, ClientError):
        code = as_str(as_dict(error.response.get("Error")).get("Code"))
        return f"AWS answered {error.operation_name} with an error ({code or 'without a code'})"
    if isinstance(error, BotoCoreError):
        return f"AWS could not be reached ({type(error).__name__})"
    if isinstance(error, PublishFailed):
        return "EventBridge did not accept an event"
    if isinstance(error, InvalidSecret):
        return "a secret has an unexpected format: set it again with `pulumi config set --secret` and `pulumi up`"
    is_ours = type(error).__module__.startswith(("common.", "handlers."))
    return str(error) if is_ours else f"an unexpected error occurred in Kinexus ({type(error).__name__})"


def _atlassian_message(error: AtlassianError) -> str:
    if error.path == TOKEN_URL:
        return _token_message(error)
    service = "Jira" if error.path.startswith("/rest/api/3/") else "Confluence"
    asked = f"{error.method} {error.path}"
    if error.status is None:
        # A proxy may have written a body: it is not quoted.
        return (
            f"{service} could not be reached; {asked} got no valid answer ({error.detail.partition(':')[0]})"
        )
    if isinstance(error, Gone):
        answered = f"{service} answered {asked} with 410"
        return f"Atlassian has removed an endpoint that Kinexus uses ({answered}): update Kinexus"
    messages = quotable_messages(error.detail)
    return f"{service} answered {asked} with {error.status}" + (f": {messages}" if messages else "")


def _token_message(error: AtlassianError) -> str:
    if isinstance(error, Unauthorized):
        return (
            f"Atlassian refused the client id or secret of Kinexus with {error.status}. An operator has to set "
            "atlassianClientId and jiraApiToken again, then run `pulumi up`"
        )
    answered = f"answered with {error.status}" if error.status else "gave no valid answer"
    return f"Atlassian's token service (atlassianTokenUrl) {answered}"
