"""What went wrong, in words that anybody may read: they stand in tickets, which customers may see.

Names of AWS resources, account ids, hosts and what services answered stay out of them; the log has all of it.
"""

from __future__ import annotations

import json

from botocore.exceptions import BotoCoreError, ClientError

from common.atlassian.http_client import AtlassianError, Gone
from common.aws.event_bus import PublishFailed
from common.aws.secrets import InvalidSecret
from common.runtime.json_access import as_dict, as_list, as_str

#: Characters that Jira's or Confluence's own words may have.
MAX_LENGTH = 300


def user_message(error: Exception) -> str:
    """Say what went wrong: our own words as they are, of others' only the kind."""
    if isinstance(error, AtlassianError):
        return _of_atlassian(error)
    if isinstance(error, ClientError):
        code = as_str(as_dict(error.response.get("Error")).get("Code"))
        return f"AWS did not do {error.operation_name} ({code or 'without a reason'})"
    if isinstance(error, BotoCoreError):
        return f"AWS could not be asked ({type(error).__name__})"
    if isinstance(error, PublishFailed):
        return "EventBridge did not take an event"
    if isinstance(error, InvalidSecret):
        return "a secret is not as the stack writes it"
    is_ours = type(error).__module__.startswith(("common.", "handlers."))
    return str(error) if is_ours else f"the program failed ({type(error).__name__})"


def _of_atlassian(error: AtlassianError) -> str:
    service = "Jira" if error.path.startswith("/rest/api/3/") else "Confluence"
    asked = f"{error.method} {error.path}"
    if error.status is None:
        # What was no answer may still have had a body, of whoever stands in between.
        return f"{service} gave no answer to {asked} ({error.said.partition(':')[0]})"
    if isinstance(error, Gone):
        answered = f"{service} answered {asked} with 410"
        return f"Atlassian has removed an endpoint that Kinexus uses ({answered}): update Kinexus"
    said = _said(error.said)
    return f"{service} answered {asked} with {error.status}" + (f": {said}" if said else "")


def _said(body: str) -> str:
    """Return the messages of an error in JSON; nothing of what is no such error, such as a proxy's page."""
    try:
        told = as_dict(json.loads(body))
    except ValueError:
        return ""
    errors = told.get("errors")
    messages = [*map(as_str, as_list(told.get("errorMessages"))), as_str(told.get("message"))]
    messages += [as_str(as_dict(each).get("title")) for each in as_list(errors)]
    messages += [f"{name}: {as_str(said)}" for name, said in as_dict(errors).items()]
    return "; ".join(filter(None, messages))[:MAX_LENGTH]
