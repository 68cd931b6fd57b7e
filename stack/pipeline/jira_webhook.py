"""JiraWebhook: registers a webhook in Jira as a Pulumi resource. For Python programs only.

https://developer.atlassian.com/cloud/jira/platform/webhooks/#registering-a-webhook-using-the-rest-api
"""

import os
from collections.abc import Mapping
from typing import Any, TypedDict, Unpack, overload

import pulumi
import requests
from pulumi import dynamic

from ..arguments.shape import NOT_GIVEN, given_args
from ..arguments.validation import check_fields, known_value, reject

ADMIN_EMAIL, ADMIN_TOKEN = "KINEXUS_ADMIN_EMAIL", "KINEXUS_ADMIN_TOKEN"
"""Environment variables with the e-mail address and the unscoped API token of a Jira administrator.

They are not settings, because Pulumi passes all settings to dynamic providers as inputs and stores those in the state.
"""

_PATH = "/rest/webhooks/1.0/webhook"
_SECTION = "issue-related-events-section"
_TIMEOUT_SECONDS = 30
_USER_AGENT = "Kinexus (webhook registration)"
_COMPARED = ("webhook_name", "url", "events", "jql", "secret")


class WebhookRefused(Exception):
    """Jira rejected a request, or the administrator's credentials are missing; the message says what to do."""


class JiraWebhookArgs(TypedDict):
    """The Jira site, and the URL, events, filter and secret of the webhook."""

    jira_url: pulumi.Input[str]
    """URL of the Jira site, e.g. `https://example.atlassian.net`; the API gateway (api.atlassian.com) has no webhook
    API."""
    webhook_name: pulumi.Input[str]
    """Name that administrators see."""
    url: pulumi.Input[str]
    """URL to which Jira posts."""
    events: pulumi.Input[list[str]]
    """Events such as `jira:issue_updated`."""
    jql: pulumi.Input[str]
    """JQL filter of the issues to report, applied to the issue after the change; empty for all."""
    secret: pulumi.Input[str]
    """Secret with which Jira signs the request bodies; kept as a secret."""


class JiraWebhook(dynamic.Resource, module="kinexus", name="JiraWebhook"):
    """A webhook in Jira, registered as an administrator: signed, with any JQL filter, without expiry.

    The administrator's e-mail address and token are read only from the environment of the process that runs the
    provider, never from a setting or an input, and are not stored in the state.
    """

    @overload
    def __init__(
        self, name: str, args: JiraWebhookArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None: ...
    @overload
    def __init__(
        self, name: str, *, opts: pulumi.ResourceOptions | None = None, **keywords: Unpack[JiraWebhookArgs]
    ) -> None: ...
    def __init__(
        self,
        name: str,
        args: JiraWebhookArgs = NOT_GIVEN,
        opts: pulumi.ResourceOptions | None = None,
        **keywords: Any,
    ) -> None:
        args = given_args(JiraWebhookArgs, args, keywords)
        _check(args)
        hidden = pulumi.ResourceOptions(additional_secret_outputs=["secret"])
        super().__init__(
            JiraWebhookProvider(),
            name,
            {**args, "secret": pulumi.Output.secret(args["secret"])},
            pulumi.ResourceOptions.merge(opts, hidden),
        )


class JiraWebhookProvider(dynamic.ResourceProvider):
    """Dynamic provider of JiraWebhook; it is serialised before `configure` reads the administrator's credentials."""

    serialize_as_secret_always = False  # the serialised provider holds no data

    def __init__(self) -> None:
        super().__init__()
        self._administrator: tuple[str, str] | None = None

    def configure(self, _req: dynamic.ConfigureRequest) -> None:
        """Read the administrator's credentials from the environment."""
        email, token = os.environ.get(ADMIN_EMAIL), os.environ.get(ADMIN_TOKEN)
        self._administrator = (email, token) if email and token else None

    def create(self, props: dict[str, Any]) -> dynamic.CreateResult:
        """Register the webhook, or adopt one with the same name and URL, which an interrupted update may have left."""
        body = _body(props)
        registered = self._request("GET", props["jira_url"], _PATH).json()
        webhook = next((h for h in registered if (h["name"], h["url"]) == (body["name"], body["url"])), None)
        if webhook is None:
            webhook = self._request("POST", props["jira_url"], _PATH, body).json()
        else:
            self._request("PUT", props["jira_url"], f"{_PATH}/{_id(webhook)}", body)
        return dynamic.CreateResult(_id(webhook), _outputs(props))

    def diff(self, id_: str, olds: dict[str, Any], news: dict[str, Any]) -> dynamic.DiffResult:
        """Compare the new inputs with the registration in Jira; without credentials, with the inputs in the state.

        The next update therefore repairs a webhook that was changed or removed by hand, without a refresh.
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
        """Read the registration from Jira; the id is empty if the webhook no longer exists."""
        live = self._read(id_, props)
        return dynamic.ReadResult("", {}) if live is None else dynamic.ReadResult(id_, _as_it_is(live, props))

    def update(self, id_: str, olds: dict[str, Any], news: dict[str, Any]) -> dynamic.UpdateResult:
        """Update the registration in Jira."""
        self._request("PUT", news["jira_url"], f"{_PATH}/{id_}", _body(news))
        return dynamic.UpdateResult(_outputs(news))

    def delete(self, id_: str, props: dict[str, Any]) -> None:
        """Delete the webhook; it is no error if it no longer exists."""
        self._request("DELETE", props["jira_url"], f"{_PATH}/{id_}", missing_is_fine=True)

    def _read(self, id_: str, props: Mapping[str, Any]) -> dict[str, Any] | None:
        """Return the registration, or None if it does not exist."""
        answer = self._request("GET", props["jira_url"], f"{_PATH}/{id_}", missing_is_fine=True)
        return None if answer.status_code == requests.codes.not_found else answer.json()

    def _request(
        self,
        method: str,
        jira_url: str,
        path: str,
        body: Mapping[str, Any] | None = None,
        *,
        missing_is_fine: bool = False,
    ) -> requests.Response:
        """Send a request as the administrator. Raises WebhookRefused, whose message contains no token or secret."""
        if self._administrator is None:
            raise WebhookRefused(
                "To register webhooks, Kinexus needs an unscoped API token of a Jira administrator: set "
                f"{ADMIN_EMAIL} and {ADMIN_TOKEN} in the environment. To register them by hand instead: "
                "pulumi config set registerWebhooks false"
            )
        answer = requests.request(
            method,
            jira_url + path,
            json=body,
            headers={"User-Agent": _USER_AGENT},
            auth=self._administrator,
            timeout=_TIMEOUT_SECONDS,
        )
        if answer.ok or (missing_is_fine and answer.status_code == requests.codes.not_found):
            return answer
        email = self._administrator[0]
        reason = {
            401: f"the token of {email} is not valid, or is scoped: set {ADMIN_TOKEN} to a new, unscoped one",
            403: f"{email} lacks the global permission Administer Jira: grant it, or use another account",
        }.get(answer.status_code, answer.text[:500])
        raise WebhookRefused(f"{method} {jira_url}{path}: {answer.status_code}, {reason}")


def _body(props: Mapping[str, Any]) -> dict[str, Any]:
    """Return the request body of a registration."""
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
    """Return a registration in Jira as the resource's properties.

    Jira reports only whether there is a secret, not its value. A webhook that is disabled or sends no body has no
    events here, so it differs from the wanted one.
    """
    is_active = live.get("enabled", True) and not live.get("excludeBody", False)
    return {
        **props,
        "webhook_name": live["name"],
        "url": live["url"],
        "events": live["events"] if is_active else [],
        "jql": live.get("filters", {}).get(_SECTION, ""),
        "secret": props["secret"] if live.get("isSigned", True) else "",
    }


def _id(registration: Mapping[str, Any]) -> str:
    """Return the id of a registration, the last part of its URL."""
    return str(registration["self"]).rsplit("/", 1)[-1]


def _outputs(props: Mapping[str, Any]) -> dict[str, Any]:
    """Return the properties that `diff` compares, without the provider, which Pulumi adds."""
    return {field: props[field] for field in ("jira_url", *_COMPARED)}


def _check(args: JiraWebhookArgs) -> None:
    """Raise InvalidArgument for arguments that Jira would reject, or for which it would never send anything."""
    component = "JiraWebhook"
    check_fields(component, args, JiraWebhookArgs)
    if known_value(args["events"]) == []:
        reject(component, "events", "is empty", 'Give at least one, e.g. ["jira:issue_updated"].')
    jira = known_value(args["jira_url"])
    if jira is not None and "api.atlassian.com" in jira:
        fix = "Give the site's URL, e.g. https://example.atlassian.net."
        reject(component, "jira_url", f"is {jira!r}, the API gateway, which has no webhook API", fix)
    if known_value(args["secret"]) == "":
        reject(component, "secret", "is empty", "Create one with: openssl rand -hex 32")
