"""One route of an HTTP API: integration, the permission for exactly this route, and who may call."""

import re
from collections.abc import Mapping, Sequence
from enum import Enum
from typing import Any, NotRequired, TypedDict

import pulumi
import pulumi_aws as aws

from stack.arguments import check_fields, check_range, refuse

_METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")


class Authorization(Enum):
    """Who may call a route, as far as API Gateway checks it."""

    NONE = "NONE"
    """Everyone; the function checks a signature."""
    AWS_IAM = "AWS_IAM"
    """Callers with AWS credentials that allow `execute-api:Invoke`."""
    JWT = "JWT"
    """Callers with a token of the API's `token_issuer`."""
    FUNCTION = "CUSTOM"
    """Callers whom the API's `authorizer_function` lets in."""


class WebhookRoute(TypedDict):
    """One route: what comes in there, and who answers."""

    method: str
    """HTTP method, e.g. `POST`."""
    path: str
    """Path with parameters in braces, e.g. `/orders/{order_id}`."""
    function: pulumi.Input[aws.lambda_.Function]
    """The function that answers; its timeout should stay below the API's 30 seconds."""
    alias: NotRequired[pulumi.Input[str]]
    """Alias of the function to call; the function as it is now by default."""
    rate_per_second: NotRequired[int]
    """Requests per second that are let through in the long run; as the API's by default."""
    burst: NotRequired[int]
    """Requests that are let through at once; as the API's by default."""
    authorization: NotRequired[Authorization]
    """Who may call; everyone by default, since webhooks carry signatures instead."""
    scopes: NotRequired[list[str]]
    """Scopes, one of which a token must carry; needs authorization `JWT`."""


def authorization_of(route: WebhookRoute) -> Authorization:
    """Say who may call a route; from other languages the value arrives as text."""
    return Authorization(route.get("authorization", Authorization.NONE))


def route_key(route: WebhookRoute) -> str:
    """Name a route as API Gateway does, e.g. `POST /orders`."""
    return f"{route['method']} {route['path']}"


def create_route(
    api_name: str,
    api: aws.apigatewayv2.Api,
    stage_name: str,
    route: WebhookRoute,
    authorizers: Mapping[Authorization, aws.apigatewayv2.Authorizer],
    opts: pulumi.ResourceOptions,
) -> aws.apigatewayv2.Route:
    """Create a route, its integration, and the permission for exactly this route."""
    function = pulumi.Output.from_input(route["function"])
    alias = pulumi.Output.from_input(route.get("alias", ""))
    name = f"{api_name}-{_slug(route_key(route))}"
    integration = aws.apigatewayv2.Integration(
        f"{name}-integration",
        api_id=api.id,
        integration_type="AWS_PROXY",
        integration_uri=pulumi.Output.all(function.apply(lambda known: known.invoke_arn), alias).apply(
            _through_alias
        ),
        payload_format_version="2.0",
        opts=opts,
    )
    aws.lambda_.Permission(
        f"{name}-permission",
        action="lambda:InvokeFunction",
        function=function.apply(lambda known: known.name),
        qualifier=alias.apply(lambda known: known or None) if "alias" in route else None,
        principal="apigateway.amazonaws.com",
        source_arn=pulumi.Output.concat(
            api.execution_arn, f"/{stage_name}/{route['method']}", re.sub(r"\{[^}]*\}", "*", route["path"])
        ),
        opts=opts,
    )
    authorization = authorization_of(route)
    authorizer = authorizers.get(authorization)
    return aws.apigatewayv2.Route(
        f"{name}-route",
        api_id=api.id,
        route_key=route_key(route),
        target=pulumi.Output.concat("integrations/", integration.id),
        authorization_type=authorization.value,
        authorizer_id=authorizer.id if authorizer else None,
        authorization_scopes=route.get("scopes"),
        opts=opts,
    )


def check_routes(component: str, routes: Sequence[WebhookRoute]) -> None:
    """Refuse routes that AWS would refuse, or that would take each other's names."""
    if not routes:
        refuse(component, "routes", "is empty", "Give at least one route.")
    slugs: dict[str, str] = {}
    for route in routes:
        check_fields(f"{component}.routes", route, WebhookRoute)
        key = route_key(route)
        if route["method"] not in _METHODS:
            fix = f"Use one of {', '.join(_METHODS)}."
            refuse(component, "routes", f"has the method {route['method']!r}", fix)
        if not re.fullmatch(r"(/([A-Za-z0-9._~-]+|\{[A-Za-z0-9_]+\+?\}))+", route["path"]):
            refuse(
                component, "routes", f"has the path {route['path']!r}", "Write it as `/orders/{order_id}`."
            )
        if _slug(key) in slugs:
            refuse(component, "routes", f"has both {slugs[_slug(key)]!r} and {key!r}", "Keep one of them.")
        slugs[_slug(key)] = key
        check_throttle(component, f"routes: {key}: ", route)
        if "scopes" in route and authorization_of(route) is not Authorization.JWT:
            refuse(
                component,
                f"routes: {key}: scopes",
                "need authorization JWT",
                "Tokens carry scopes; nothing else.",
            )


def check_throttle(component: str, place: str, limits: Any) -> None:
    """Refuse `burst` and `rate_per_second` beyond what an account has by default."""
    check_range(component, f"{place}burst", limits.get("burst"), 1, 5000)
    check_range(component, f"{place}rate_per_second", limits.get("rate_per_second"), 1, 10000)


def _through_alias(parts: Sequence[str]) -> str:
    """Turn the ARN that API Gateway invokes into that of an alias."""
    invoke_arn, alias = parts
    return invoke_arn.replace("/invocations", f":{alias}/invocations") if alias else invoke_arn


def _slug(key: str) -> str:
    """Make a logical name from a route key: `GET /reviews/{id}` becomes `get-reviews-id`."""
    return re.sub(r"[^a-z0-9]+", "-", key.lower()).strip("-")
