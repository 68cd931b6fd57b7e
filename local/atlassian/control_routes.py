"""Control endpoints of the simulator under /_control: faults, clock, lags, deliveries, request log (JSON, loopback)."""

from dataclasses import asdict
from typing import Any

from werkzeug.wrappers import Response

from local.atlassian.errors import JiraRefusal
from local.atlassian.fault_injection import Fault
from local.atlassian.import_webhook_body import adopt
from local.atlassian.routing import Call, Routes, answer, nothing

routes = Routes()


@routes.on("GET", "/_control/ready")
def ready(call: Call) -> Response:
    """Return the site's URL, and its accounts with their tokens."""
    return answer(
        {
            "url": call.base,
            "accounts": [
                {"name": each.name, "email": each.email, "token": each.token, "accountId": each.account_id}
                for each in call.site.people.all
            ],
        }
    )


@routes.on("GET DELETE", "/_control/requests")
def requests(call: Call) -> Response:
    """Return or clear the request log; `product` and `account` filter it."""
    if call.request.method == "DELETE":
        with call.site.lock:
            call.site.requests.clear()
        return nothing()
    shown = call.site.calls(call.argument("product"), call.argument("account"))
    return answer(
        {"total": len(shown), "requests": [{**asdict(each), "at": each.at.isoformat()} for each in shown]}
    )


@routes.on("POST DELETE", "/_control/faults")
def faults(call: Call) -> Response:
    """Add a fault (the fields of Fault), or remove all faults."""
    if call.request.method == "DELETE":
        call.site.faults.clear()
        return nothing()
    try:
        return answer(asdict(call.site.faults.add(Fault(**call.object()))), 201)
    except (TypeError, ValueError) as error:
        raise JiraRefusal(400, str(error)) from error


@routes.on("GET", "/_control/deliveries")
def deliveries(call: Call) -> Response:
    """Return the delivery attempts, the number of pending deliveries, and `given_up`: those that failed every retry."""
    post = call.site.post
    return answer(
        {
            "attempts": [{**asdict(each), "at": each.at.isoformat()} for each in list(post.log)],
            "pending": len(post.pending()),
            "given_up": [each.identifier for each in post.given_up],
        }
    )


@routes.on("POST", "/_control/drain")
def drain(call: Call) -> Response:
    """Wait until all webhooks are delivered or failed after all retries; `{"timeout": seconds}`."""
    return answer({"drained": call.site.drain(float(call.object().get("timeout", 60)))})


@routes.on("POST", "/_control/clock")
def clock(call: Call) -> Response:
    """Move the clock forward by `{"advance": seconds}`."""
    call.site.clock.advance(float(call.object().get("advance", 0)))
    return answer({"now": call.site.clock.peek().isoformat()})


@routes.on("POST", "/_control/options")
def options(call: Call) -> Response:
    """Set delivery options (fields of DeliveryOptions), `search_lag` in seconds, and `strict` (see PageStore)."""
    given: dict[str, Any] = call.object()
    site = call.site
    for name, value in given.items():
        if name == "search_lag":
            site.jira_search_lag = site.confluence_search_lag = float(value)
        elif name == "strict":
            site.confluence.strict = bool(value)
        elif name in {"retry_delay", "timeout", "delay", "shuffle", "duplicates", "late", "late_by"}:
            setattr(site.post.options, name, float(value))
        elif name == "ca_bundle":
            site.post.options.ca_bundle = str(value)
        else:
            raise JiraRefusal(400, f"unknown option {name}")
    return nothing()


@routes.on("POST", "/_control/adopt")
def adopted(call: Call) -> Response:
    """Import the ticket of a webhook body from another site; `key` is empty when that is not possible."""
    issue = adopt(call.site, call.json())
    return answer({"key": issue.key if issue else ""})
