"""Who may come in: authorisers of an HTTP API, by tokens of an issuer or by a function of one's own."""

from collections.abc import Sequence
from typing import NotRequired, TypedDict

import pulumi
import pulumi_aws as aws

from ..arguments.validation import check_fields, check_range, reject
from ..function.invocation_target import invocation_target
from .route import Authorization, WebhookRoute, authorization_of


class TokenIssuer(TypedDict):
    """Whose tokens open routes with authorization `JWT`."""

    issuer: pulumi.Input[str]
    """URL of the issuer, e.g. of a Cognito user pool."""
    audiences: pulumi.Input[list[pulumi.Input[str]]]
    """Audiences, one of which a token must name."""
    header: NotRequired[str]
    """Header that carries the token; `Authorization` by default."""


class FunctionAuthorizer(TypedDict):
    """The function that decides about routes with authorization `FUNCTION`."""

    function: pulumi.Input[aws.lambda_.Function]
    """The function; it answers `{"isAuthorized": true}`, or false."""
    alias: NotRequired[pulumi.Input[str]]
    """Alias of the function to call; the function as it is now by default."""
    headers: NotRequired[list[str]]
    """Headers that it decides by; a request without one of them gets 401. `Authorization` by default."""
    remember_seconds: NotRequired[int]
    """How long its answer holds for the same headers, 0 to 3600; 0 by default."""


def create_authorizers(
    name: str,
    api: aws.apigatewayv2.Api,
    tokens: TokenIssuer | None,
    function: FunctionAuthorizer | None,
    opts: pulumi.ResourceOptions,
) -> dict[Authorization, aws.apigatewayv2.Authorizer]:
    """Create the authorisers that are asked for."""
    found: dict[Authorization, aws.apigatewayv2.Authorizer] = {}
    if tokens is not None:
        found[Authorization.JWT] = aws.apigatewayv2.Authorizer(
            f"{name}-tokens",
            name="tokens",
            api_id=api.id,
            authorizer_type="JWT",
            identity_sources=[f"$request.header.{tokens.get('header', 'Authorization')}"],
            jwt_configuration={"issuer": tokens["issuer"], "audiences": tokens["audiences"]},
            opts=opts,
        )
    if function is not None:
        found[Authorization.FUNCTION] = _deciding(name, api, function, opts)
    return found


def _deciding(
    name: str, api: aws.apigatewayv2.Api, rules: FunctionAuthorizer, opts: pulumi.ResourceOptions
) -> aws.apigatewayv2.Authorizer:
    """Let a function decide, and let exactly this authoriser call it."""
    function = invocation_target(
        "WebhookApi", rules["function"], rules.get("alias"), "authorizer_function.alias"
    )
    authorizer = aws.apigatewayv2.Authorizer(
        f"{name}-authorizer",
        name="function",
        api_id=api.id,
        authorizer_type="REQUEST",
        authorizer_uri=function.invoke_arn,
        authorizer_payload_format_version="2.0",
        authorizer_result_ttl_in_seconds=rules.get("remember_seconds", 0),
        enable_simple_responses=True,
        identity_sources=[f"$request.header.{header}" for header in rules.get("headers", ["Authorization"])],
        opts=opts,
    )
    aws.lambda_.Permission(
        f"{name}-authorizer-permission",
        action="lambda:InvokeFunction",
        function=function.name,
        qualifier=function.qualifier,
        principal="apigateway.amazonaws.com",
        source_arn=pulumi.Output.concat(api.execution_arn, "/authorizers/", authorizer.id),
        opts=opts,
    )
    return authorizer


def check_authorizers(
    component: str,
    routes: Sequence[WebhookRoute],
    tokens: TokenIssuer | None,
    function: FunctionAuthorizer | None,
) -> None:
    """Refuse routes without the authoriser that they name, and authorisers that no route names."""
    if tokens is not None:
        check_fields(f"{component}.token_issuer", tokens, TokenIssuer)
    if function is not None:
        check_fields(f"{component}.authorizer_function", function, FunctionAuthorizer)
        check_range(
            component, "authorizer_function.remember_seconds", function.get("remember_seconds"), 0, 3600
        )
        if not function.get("headers", ["Authorization"]) and function.get("remember_seconds"):
            reject(
                component, "authorizer_function.remember_seconds", "needs `headers`",
                "An answer is remembered for what it was decided by: name the headers.",
            )  # fmt: skip
    for field, given, kind in (
        ("token_issuer", tokens, Authorization.JWT),
        ("authorizer_function", function, Authorization.FUNCTION),
    ):
        if any(authorization_of(route) is kind for route in routes) != (given is not None):
            rule = f"and routes with authorization {kind.name} need each other"
            reject(component, field, rule, "Give both or none.")
