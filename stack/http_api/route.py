"""Routes of an HTTP API: each with its integration, its own invoke permission, authorization and throttling."""

import re
from collections.abc import Mapping, Sequence
from enum import Enum
from typing import Any, NotRequired, TypedDict

import pulumi
import pulumi_aws as aws

from ..arguments.stand_ins import AnyFunction
from ..arguments.validation import check_fields, check_range, reject
from ..function.invocation_target import invocation_target

_METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "ANY")
_REST = "$default"


class Authorization(Enum):
    """Who may call a route, as checked by API Gateway."""

    NONE = "NONE"
    """Everyone; the function must check a signature."""
    AWS_IAM = "AWS_IAM"
    """Callers with AWS credentials that allow `execute-api:Invoke`."""
    JWT = "JWT"
    """Callers with a token of the API's `token_issuer`."""
    FUNCTION = "CUSTOM"
    """Callers that the API's `authorizer_function` authorizes."""


class WebhookRoute(TypedDict):
    """One route: method and path, the function that answers, and who may call."""

    method: str
    """HTTP method, e.g. `POST`, or `ANY` for all methods that no other route of the path handles."""
    path: str
    """Path with parameters in braces, e.g. `/orders/{order_id}`, or with `{rest+}` at its end for all paths below; or
    `$default`, with method `ANY`, for requests that match no other route."""
    function: pulumi.Input[AnyFunction]
    """The function that answers; its timeout should be below the API's 30 seconds."""
    alias: NotRequired[pulumi.Input[str]]
    """Alias of the function to invoke; `$LATEST` by default."""
    rate_per_second: NotRequired[int]
    """Throttling rate limit in requests per second; the API's by default."""
    burst: NotRequired[int]
    """Throttling burst limit in requests; the API's by default."""
    authorization: NotRequired[Authorization]
    """Who may call; everyone by default, since webhooks carry signatures instead."""
    scopes: NotRequired[list[str]]
    """Accepted scopes; a token must have one of them. Needs authorization `JWT`."""
    name: NotRequired[str]
    """Logical name of the route's resources in Pulumi, after the API's name. By default it is made of method and path;
    set it where two routes would get the same name, as `/a-b` and `/a/b` do."""


def authorization_of(route: WebhookRoute) -> Authorization:
    """Return a route's authorization; programs in other languages give it as text."""
    return Authorization(route.get("authorization", Authorization.NONE))


def route_key(route: WebhookRoute) -> str:
    """Return API Gateway's key of a route, e.g. `POST /orders`."""
    return _REST if route["path"] == _REST else f"{route['method']} {route['path']}"


def create_route(
    api_name: str,
    api: aws.apigatewayv2.Api,
    stage_name: str,
    route: WebhookRoute,
    authorizers: Mapping[Authorization, aws.apigatewayv2.Authorizer],
    opts: pulumi.ResourceOptions,
) -> aws.apigatewayv2.Route:
    """Create a route, its integration, and the permission for only this route to invoke the function."""
    function = invocation_target(
        "WebhookApi", route["function"], route.get("alias"), f"routes: {route_key(route)}: alias"
    )
    name = f"{api_name}-{_slug(route)}"
    integration = aws.apigatewayv2.Integration(
        f"{name}-integration",
        api_id=api.id,
        integration_type="AWS_PROXY",
        integration_uri=function.invoke_arn,
        payload_format_version="2.0",
        opts=opts,
    )
    aws.lambda_.Permission(
        f"{name}-permission",
        action="lambda:InvokeFunction",
        function=function.name,
        qualifier=function.qualifier,
        principal="apigateway.amazonaws.com",
        source_arn=pulumi.Output.concat(api.execution_arn, f"/{stage_name}/{_resource(route)}"),
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
    """Raise InvalidArgument for routes that AWS would reject, or that would get the same logical name."""
    if not routes:
        reject(component, "routes", "is empty", "Give at least one route.")
    slugs: dict[str, str] = {}
    for route in routes:
        check_fields(f"{component}.routes", route, WebhookRoute)
        key, slug = route_key(route), _slug(route)
        _check_key(component, route)
        if key in slugs.values():
            reject(component, "routes", f"has {key!r} twice", "Keep one of them.")
        if slug in slugs:
            rule = f"has both {slugs[slug]!r} and {key!r}, which would get the same logical name {slug!r} in Pulumi"
            reject(component, "routes", rule, "Give one of them a `name`.")
        slugs[slug] = key
        check_throttle(component, f"routes: {key}: ", route)
        if "scopes" in route and authorization_of(route) is not Authorization.JWT:
            reject(
                component,
                f"routes: {key}: scopes",
                "need authorization JWT",
                "Set `authorization` to JWT, or leave `scopes` out.",
            )


def _check_key(component: str, route: WebhookRoute) -> None:
    """Raise InvalidArgument for a method, path or name that is not valid."""
    method, path = route["method"], route["path"]
    if method not in _METHODS:
        fix = f"Use one of {', '.join(_METHODS)}."
        reject(component, "routes", f"has the method {method!r}", fix)
    if path == _REST:
        if method != "ANY":
            reject(
                component, "routes", f"has the path {path!r} with method {method}", "Set the method to `ANY`."
            )
    elif not re.fullmatch(r"/|(/([A-Za-z0-9._~-]+|\{[A-Za-z0-9_]+\+?\}))+", path):
        fix = "Begin with `/`, put parameters in braces, and do not end with `/`: `/orders/{order_id}`."
        reject(component, "routes", f"has the path {path!r}", fix)
    elif "+}" in path[:-2]:
        fix = "Put that parameter at the end, or leave its `+` out."
        reject(
            component, "routes", f"has the path {path!r}, where a parameter with `+` is not at the end", fix
        )
    if not re.fullmatch(r"[A-Za-z0-9-]{1,60}", _slug(route)) and "name" in route:
        reject(component, "routes", f"has the name {route['name']!r}", "Use 1 to 60 letters, digits and `-`.")


def check_throttle(component: str, place: str, limits: Any) -> None:
    """Raise InvalidArgument for `burst` or `rate_per_second` above an account's default limits."""
    check_range(component, f"{place}burst", limits.get("burst"), 1, 5000)
    check_range(component, f"{place}rate_per_second", limits.get("rate_per_second"), 1, 10000)


def _resource(route: WebhookRoute) -> str:
    """Return method and path as they appear in the source ARN of API Gateway's invocations."""
    if route["path"] == _REST:
        return _REST
    method = "*" if route["method"] == "ANY" else route["method"]
    return method + re.sub(r"\{[^}]*\}", "*", route["path"])


def _slug(route: WebhookRoute) -> str:
    """Return a route's logical name: `GET /reviews/{id}` becomes `get-reviews-id`."""
    return route.get("name") or re.sub(r"[^a-z0-9]+", "-", route_key(route).lower()).strip("-")
