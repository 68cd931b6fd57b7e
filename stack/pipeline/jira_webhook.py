"""A webhook in Jira as a resource, so that `pulumi up` leaves nothing to click. For programs in Python only.

https://developer.atlassian.com/cloud/jira/platform/webhooks/#registering-a-webhook-using-the-rest-api
"""

import os
from collections.abc import Mapping
from typing import Any, TypedDict

import pulumi
import requests
from pulumi import dynamic

from ..arguments.validation import check_fields, known_value, reject

ADMIN_EMAIL, ADMIN_TOKEN = "KINEXUS_ADMIN_EMAIL", "KINEXUS_ADMIN_TOKEN"
"""Environment variables with an unscoped API token of a Jira administrator.

A setting would not do: Pulumi hands all settings to dynamic providers as inputs, and keeps those in the state.
"""

_PATH = "/rest/webhooks/1.0/webhook"
_SECTION = "issue-related-events-section"
_TIMEOUT_SECONDS = 30
_COMPARED = ("webhook_name", "url", "events", "jql", "secret")


class WebhookRefused(Exception):
    """Jira refused, or there is no administrator to ask it as; the message says what to do."""


class JiraWebhookArgs(TypedDict):
    """Where Jira is, and what it shall report to whom."""

    jira_url: pulumi.Input[str]
    """Jira's own address, e.g. `https://example.atlassian.net`; the API gateway's knows no webhooks."""
    webhook_name: pulumi.Input[str]
    """Name that administrators see."""
    url: pulumi.Input[str]
    """Where Jira posts to."""
    events: pulumi.Input[list[str]]
    """Events such as `jira:issue_updated`."""
    jql: pulumi.Input[str]
    """Which issues are reported, judged after the change; empty for all."""
    secret: pulumi.Input[str]
    """What Jira signs its bodies with; kept as a secret."""


class JiraWebhook(dynamic.Resource, module="kinexus", name="JiraWebhook"):
    """An administrator's webhook: no expiry, any JQL, signed.

    The administrator's e-mail and token are read where the provider runs, from the environment alone: they are no
    setting, no input, and in no state.
    """

    def __init__(self, name: str, args: JiraWebhookArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        _check(args)
        hidden = pulumi.ResourceOptions(additional_secret_outputs=["secret"])
        super().__init__(
            JiraWebhookProvider(),
            name,
            {**args, "secret": pulumi.Output.secret(args["secret"])},
            pulumi.ResourceOptions.merge(opts, hidden),
        )


class JiraWebhookProvider(dynamic.ResourceProvider):
    """Creates, compares, updates and deletes; serialised before it knows the administrator."""

    serialize_as_secret_always = False  # it holds nothing

    def __init__(self) -> None:
        super().__init__()
        self._administrator: tuple[str, str] | None = None

    def configure(self, _req: dynamic.ConfigureRequest) -> None:
        """Read who the administrator is."""
        email, token = os.environ.get(ADMIN_EMAIL), os.environ.get(ADMIN_TOKEN)
        self._administrator = (email, token) if email and token else None

    def create(self, props: dict[str, Any]) -> dynamic.CreateResult:
        """Register the webhook, or take over its double: an update that was cut short may have left one."""
        body = _body(props)
        registered = self._ask("GET", props["jira_url"], _PATH).json()
        double = next((h for h in registered if (h["name"], h["url"]) == (body["name"], body["url"])), None)
        if double is None:
            double = self._ask("POST", props["jira_url"], _PATH, body).json()
        else:
            self._ask("PUT", props["jira_url"], f"{_PATH}/{_id(double)}", body)
        return dynamic.CreateResult(_id(double), _outputs(props))

    def diff(self, id_: str, olds: dict[str, Any], news: dict[str, Any]) -> dynamic.DiffResult:
        """Compare what is wanted with what Jira has; without an administrator, with what it once got.

        So whatever was changed or removed by hand is repaired by the next update, without a refresh.
        """
        if olds["jira_url"] != news["jira_url"]:
            return dynamic.DiffResult(changes=True, replaces=["jira_url"])
        if self._administrator is not None:
            live = self._read(id_, olds)
            if live is None:
                return dynamic.DiffResult(changes=True, replaces=["url"], delete_before_replace=True)
            olds = _as_it_is(live, olds)
        return dynamic.DiffResult(changes=any(olds.get(field) != news[field] for field in _COMPARED))

    def read(self, id_: str, props: dict[str, Any]) -> dynamic.ReadResult:
        """Look at the webhook as Jira has it now; one that is gone has no id."""
        live = self._read(id_, props)
        return dynamic.ReadResult("", {}) if live is None else dynamic.ReadResult(id_, _as_it_is(live, props))

    def update(self, id_: str, olds: dict[str, Any], news: dict[str, Any]) -> dynamic.UpdateResult:
        """Replace the registration by the one that is wanted."""
        self._ask("PUT", news["jira_url"], f"{_PATH}/{id_}", _body(news))
        return dynamic.UpdateResult(_outputs(news))

    def delete(self, id_: str, props: dict[str, Any]) -> None:
        """Remove the webhook; one that is gone already is no error."""
        self._ask("DELETE", props["jira_url"], f"{_PATH}/{id_}", missing_is_fine=True)

    def _read(self, id_: str, props: Mapping[str, Any]) -> dict[str, Any] | None:
        """Return the registration, or None when it was removed."""
        answer = self._ask("GET", props["jira_url"], f"{_PATH}/{id_}", missing_is_fine=True)
        return None if answer.status_code == requests.codes.not_found else answer.json()

    def _ask(
        self,
        method: str,
        jira_url: str,
        path: str,
        body: Mapping[str, Any] | None = None,
        *,
        missing_is_fine: bool = False,
    ) -> requests.Response:
        """Send a request as the administrator. Raises WebhookRefused, which never shows token or secret."""
        if self._administrator is None:
            raise WebhookRefused(
                "Registering webhooks needs an unscoped API token of a Jira administrator: set "
                f"{ADMIN_EMAIL} and {ADMIN_TOKEN} in the environment. Without one, set registerWebhooks to false."
            )
        answer = requests.request(
            method, jira_url + path, json=body, auth=self._administrator, timeout=_TIMEOUT_SECONDS
        )
        if answer.ok or (missing_is_fine and answer.status_code == requests.codes.not_found):
            return answer
        email = self._administrator[0]
        reason = {
            401: f"the token of {email} is not valid, or it is a scoped one",
            403: f"{email} lacks the global permission Administer Jira",
        }.get(answer.status_code, answer.text[:500])
        raise WebhookRefused(f"{method} {jira_url}{path}: {answer.status_code}, {reason}")


def _body(props: Mapping[str, Any]) -> dict[str, Any]:
    """Write a registration as Jira wants it."""
    return {
        "name": props["webhook_name"],
        "url": props["url"],
        "events": props["events"],
        "filters": {_SECTION: props["jql"]},
        "secret": props["secret"],
        "excludeBody": False,
        "enabled": True,
    }


def _as_it_is(live: Mapping[str, Any], props: Mapping[str, Any]) -> dict[str, Any]:
    """Describe the registration in the resource's words. Jira tells whether there is a secret, never which."""
    hears = live.get("enabled", True) and not live.get("excludeBody", False)
    return {
        **props,
        "webhook_name": live["name"],
        "url": live["url"],
        "events": live["events"] if hears else [],
        "jql": live.get("filters", {}).get(_SECTION, ""),
        "secret": props["secret"] if live.get("isSigned", True) else "",
    }


def _id(registration: Mapping[str, Any]) -> str:
    """Return the number at the end of a registration's address."""
    return str(registration["self"]).rsplit("/", 1)[-1]


def _outputs(props: Mapping[str, Any]) -> dict[str, Any]:
    """Keep what later comparisons need, without the provider, which Pulumi adds itself."""
    return {field: props[field] for field in ("jira_url", *_COMPARED)}


def _check(args: JiraWebhookArgs) -> None:
    """Refuse what Jira would refuse, or would never report to."""
    component = "JiraWebhook"
    check_fields(component, args, JiraWebhookArgs)
    if known_value(args["events"]) == []:
        reject(component, "events", "is empty", 'Give at least one, e.g. ["jira:issue_updated"].')
    jira = known_value(args["jira_url"])
    if jira is not None and "api.atlassian.com" in jira:
        reject(
            component, "jira_url", "is the API gateway's", "Give Jira's own, https://example.atlassian.net."
        )
    if known_value(args["secret"]) == "":
        reject(component, "secret", "is empty", 'Make one: "$(openssl rand -hex 32)".')
