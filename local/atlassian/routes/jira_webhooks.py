"""Admin webhooks (/rest/webhooks/1.0, not in Jira's OpenAPI); dynamic webhooks are refused."""

from werkzeug.wrappers import Response

from local.atlassian.errors import JiraRefusal
from local.atlassian.routing import Call, Routes, answer, nothing

routes = Routes()


@routes.on("POST PUT GET DELETE", "/rest/api/3/webhook")
def dynamic_webhooks(call: Call) -> Response:
    """Refuse dynamic webhooks, which only apps may use."""
    raise JiraRefusal(403, "Only Connect and OAuth 2.0 apps can use this operation.")


@routes.on("GET POST", "/rest/webhooks/1.0/webhook")
def webhooks(call: Call) -> Response:
    """List or register admin webhooks."""
    _administrator(call)
    if call.request.method == "POST":
        return answer(call.site.webhooks.put(call.account, call.object()).json(call.base), 201)
    return answer([each.json(call.base) for each in call.site.webhooks.webhooks.values()])


@routes.on("GET PUT DELETE", "/rest/webhooks/1.0/webhook/<int:number>")
def webhook(call: Call, number: int) -> Response:
    """Read, replace or remove an admin webhook."""
    _administrator(call)
    known = call.site.webhooks.webhooks.get(number)
    if known is None:
        raise JiraRefusal(404, "The webhook does not exist.")
    if call.request.method == "DELETE":
        del call.site.webhooks.webhooks[number]
        return nothing()
    if call.request.method == "PUT":
        known = call.site.webhooks.put(call.account, call.object(), number)
    return answer(known.json(call.base))


def _administrator(call: Call) -> None:
    if not call.account.admin:
        raise JiraRefusal(
            403, "You do not have permission to administer webhooks: Administer Jira is required."
        )
