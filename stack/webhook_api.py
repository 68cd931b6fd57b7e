"""An HTTP API whose routes call Lambda functions: throttled, logged, each route with a permission of its own."""

import json
from typing import NotRequired, TypedDict

import pulumi
import pulumi_aws as aws

from stack.arguments import check_fields, refuse
from stack.webhook_route import (
    Authorization,
    TokenIssuer,
    WebhookRoute,
    check_routes,
    create_route,
    route_key,
)

_ACCESS_LOG = {
    "requestId": "$context.requestId",
    "time": "$context.requestTime",
    "sourceIp": "$context.identity.sourceIp",
    "userAgent": "$context.identity.userAgent",
    "routeKey": "$context.routeKey",
    "path": "$context.path",
    "status": "$context.status",
    "responseLength": "$context.responseLength",
    "latencyMs": "$context.responseLatency",
    "integrationLatencyMs": "$context.integrationLatency",
    "integrationError": "$context.integrationErrorMessage",
}


class CorsRules(TypedDict):
    """Which web pages of other hosts may call the API."""

    allow_origins: list[str]
    """Origins such as `https://example.com`."""
    allow_methods: list[str]
    """Methods they may use."""
    allow_headers: NotRequired[list[str]]
    """Headers they may send."""
    max_age_seconds: NotRequired[int]
    """How long browsers may remember the answer."""


class WebhookApiArgs(TypedDict):
    """Routes of the API and what surrounds them."""

    api_name: pulumi.Input[str]
    """Name in AWS."""
    routes: list[WebhookRoute]
    """All routes; a request for anything else gets 404."""
    description: NotRequired[pulumi.Input[str]]
    """What the API is for, as AWS shows it."""
    stage_name: NotRequired[str]
    """Name of the only stage, which is part of the URL; `prod` by default."""
    log_retention_days: NotRequired[pulumi.Input[int]]
    """How long the access log is kept; 30 days by default."""
    log_key_arn: NotRequired[pulumi.Input[str]]
    """KMS key that encrypts the access log; CloudWatch's own by default."""
    token_issuer: NotRequired[TokenIssuer]
    """Who issues the tokens of routes with authorization `JWT`."""
    cors: NotRequired[CorsRules]
    """Calls from web pages of other hosts; refused by default."""
    domain_name: NotRequired[pulumi.Input[str]]
    """Domain of your own, e.g. `hooks.example.com`; needs `certificate_arn`."""
    certificate_arn: NotRequired[pulumi.Input[str]]
    """Certificate of that domain, from ACM in the same region."""


class WebhookApi(pulumi.ComponentResource):
    """An HTTP API with one stage, one integration per route, and JSON access logs."""

    url: pulumi.Output[str]
    """Base URL with the stage, without a slash at the end."""
    api_id: pulumi.Output[str]
    """Id of the API."""
    stage_name: pulumi.Output[str]
    """Name of the stage."""
    log_group_name: pulumi.Output[str]
    """Name of the access log's group."""
    domain_target: pulumi.Output[str]
    """What a DNS record of `domain_name` points to; empty without one."""

    def __init__(self, name: str, args: WebhookApiArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        _check(args)
        super().__init__("kinexus:index:WebhookApi", name, None, opts)
        child = pulumi.ResourceOptions(parent=self)
        stage_name = args.get("stage_name", "prod")
        cors = args.get("cors")
        api = aws.apigatewayv2.Api(
            name,
            name=args["api_name"],
            description=args.get("description"),
            protocol_type="HTTP",
            cors_configuration=_cors(cors) if cors else None,
            opts=child,
        )
        logs = aws.cloudwatch.LogGroup(
            f"{name}-access-log",
            # API Gateway may write to this prefix without a resource policy, of which an account has only ten.
            name=pulumi.Output.concat("/aws/vendedlogs/", args["api_name"]),
            retention_in_days=args.get("log_retention_days", 30),
            kms_key_id=args.get("log_key_arn"),
            opts=child,
        )
        authorizer = _authorizer(name, api, args["token_issuer"], child) if "token_issuer" in args else None
        routes = [create_route(name, api, stage_name, route, authorizer, child) for route in args["routes"]]
        stage = aws.apigatewayv2.Stage(
            f"{name}-stage",
            api_id=api.id,
            name=stage_name,
            auto_deploy=True,
            access_log_settings={"destination_arn": logs.arn, "format": json.dumps(_ACCESS_LOG)},
            default_route_settings={"throttling_rate_limit": 20, "throttling_burst_limit": 40},
            route_settings=[
                {
                    "route_key": route_key(route),
                    "throttling_rate_limit": route.get("rate_per_second", 20),
                    "throttling_burst_limit": route.get("burst", 40),
                }
                for route in args["routes"]
            ],
            # AWS refuses settings of a route that is not there yet.
            opts=pulumi.ResourceOptions(parent=self, depends_on=routes),
        )
        self.url = pulumi.Output.concat(api.api_endpoint, "/", stage.name)
        self.domain_target = pulumi.Output.from_input("")
        if "domain_name" in args:
            self._domain(name, api, stage, args)
        self.api_id = api.id
        self.stage_name = stage.name
        self.log_group_name = logs.name
        self.register_outputs(
            {
                "url": self.url,
                "apiId": self.api_id,
                "stageName": self.stage_name,
                "logGroupName": self.log_group_name,
                "domainTarget": self.domain_target,
            }
        )

    def _domain(
        self, name: str, api: aws.apigatewayv2.Api, stage: aws.apigatewayv2.Stage, args: WebhookApiArgs
    ) -> None:
        """Serve the stage under a domain of one's own; DNS stays with its owner."""
        child = pulumi.ResourceOptions(parent=self)
        domain = aws.apigatewayv2.DomainName(
            f"{name}-domain",
            domain_name=args["domain_name"],
            domain_name_configuration={
                "certificate_arn": args["certificate_arn"],
                "endpoint_type": "REGIONAL",
                "security_policy": "TLS_1_2",
            },
            opts=child,
        )
        aws.apigatewayv2.ApiMapping(
            f"{name}-domain-mapping", api_id=api.id, domain_name=domain.id, stage=stage.id, opts=child
        )
        self.url = pulumi.Output.concat("https://", args["domain_name"])
        self.domain_target = domain.domain_name_configuration.apply(lambda known: known.target_domain_name)


def _authorizer(
    name: str, api: aws.apigatewayv2.Api, tokens: TokenIssuer, opts: pulumi.ResourceOptions
) -> aws.apigatewayv2.Authorizer:
    """Check the tokens of routes that ask for one."""
    return aws.apigatewayv2.Authorizer(
        f"{name}-tokens",
        name="tokens",
        api_id=api.id,
        authorizer_type="JWT",
        identity_sources=["$request.header.Authorization"],
        jwt_configuration={"issuer": tokens["issuer"], "audiences": tokens["audiences"]},
        opts=opts,
    )


def _cors(rules: CorsRules) -> dict[str, object]:
    """Translate the rules into API Gateway's spelling."""
    return {
        "allow_origins": rules["allow_origins"],
        "allow_methods": rules["allow_methods"],
        "allow_headers": rules.get("allow_headers"),
        "max_age": rules.get("max_age_seconds"),
    }


def _check(args: WebhookApiArgs) -> None:
    """Refuse routes that AWS would refuse, or that would shadow each other."""
    component = "WebhookApi"
    check_fields(component, args, WebhookApiArgs)
    check_routes(component, args["routes"])
    if ("domain_name" in args) != ("certificate_arn" in args):
        refuse(component, "domain_name", "and `certificate_arn` need each other", "Give both or none.")
    signed_in = any(
        Authorization(r.get("authorization", "NONE")) is Authorization.JWT for r in args["routes"]
    )
    if signed_in != ("token_issuer" in args):
        refuse(
            component,
            "token_issuer",
            "and routes with authorization JWT need each other",
            "Give both or none.",
        )
