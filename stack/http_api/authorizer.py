"""Authorizers of an HTTP API: JWT tokens of an issuer, or a Lambda function."""

from collections.abc import Sequence
from typing import NotRequired, TypedDict

import pulumi
import pulumi_aws as aws

from ..arguments.stand_ins import AnyFunction
from ..arguments.validation import check_fields, check_range, reject
from ..function.invocation_target import invocation_target
from .route import Authorization, WebhookRoute, authorization_of


class TokenIssuer(TypedDict):
    """Issuer and audiences of the tokens for routes with authorization `JWT`."""

    issuer: pulumi.Input[str]
    """URL of the issuer, e.g. of a Cognito user pool."""
    audiences: pulumi.Input[list[pulumi.Input[str]]]
    """Accepted audiences; a token must have one of them."""
    header: NotRequired[str]
    """Header that carries the token; `Authorization` by default."""


class FunctionAuthorizer(TypedDict):
    """Lambda authorizer of routes with authorization `FUNCTION`."""

    function: pulumi.Input[AnyFunction]
    """The function; it must return `{"isAuthorized": true}` or `{"isAuthorized": false}`."""
    alias: NotRequired[pulumi.Input[str]]
    """Alias of the function to invoke; `$LATEST` by default."""
    headers: NotRequired[list[str]]
    """Headers that the decision depends on; a request without one of them gets 401. `Authorization` by default."""
    remember_seconds: NotRequired[int]
    """How long the decision is cached for the same headers, 0 to 3600; 0 by default."""


def create_authorizers(
    name: str,
    api: aws.apigatewayv2.Api,
    tokens: TokenIssuer | None,
    function: FunctionAuthorizer | None,
    opts: pulumi.ResourceOptions,
) -> dict[Authorization, aws.apigatewayv2.Authorizer]:
    """Create the configured authorizers."""
    authorizers: dict[Authorization, aws.apigatewayv2.Authorizer] = {}
    if tokens is not None:
        authorizers[Authorization.JWT] = aws.apigatewayv2.Authorizer(
            f"{name}-tokens",
            name="tokens",
            api_id=api.id,
            authorizer_type="JWT",
            identity_sources=[f"$request.header.{tokens.get('header', 'Authorization')}"],
            jwt_configuration={"issuer": tokens["issuer"], "audiences": tokens["audiences"]},
            opts=opts,
        )
    if function is not None:
        authorizers[Authorization.FUNCTION] = _function_authorizer(name, api, function, opts)
    return authorizers


def _function_authorizer(
    name: str, api: aws.apigatewayv2.Api, rules: FunctionAuthorizer, opts: pulumi.ResourceOptions
) -> aws.apigatewayv2.Authorizer:
    """Create the Lambda authorizer, and the permission for only this authorizer to invoke the function."""
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
    """Raise InvalidArgument for routes whose authorizer is missing, and for authorizers that no route uses."""
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
                "Name the headers that the decision depends on: it is cached by their values.",
            )  # fmt: skip
    for field, given, kind in (
        ("token_issuer", tokens, Authorization.JWT),
        ("authorizer_function", function, Authorization.FUNCTION),
    ):
        if any(authorization_of(route) is kind for route in routes) != (given is not None):
            rule = f"and routes with authorization {kind.name} need each other"
            reject(component, field, rule, "Give both, or neither.")
