"""WebhookApi: an HTTP API whose routes invoke Lambda functions, with throttling and access logs."""

import json
from typing import Any, Unpack, overload

import pulumi
import pulumi_aws as aws

from ..arguments.cors import api_cors
from ..arguments.shape import NOT_GIVEN, given_args, outputs_of
from ..arguments.tags import with_tags
from .args import WebhookApiArgs, check_api
from .authorizer import create_authorizers
from .custom_domain import serve_under_domain
from .route import create_route, route_key

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


class WebhookApi(pulumi.ComponentResource):
    """An HTTP API whose routes invoke Lambda functions, with throttling, JSON access logs and one stage."""

    url: pulumi.Output[str]
    """Base URL, without a slash at the end; it includes the stage unless that is `$default`."""
    api_id: pulumi.Output[str]
    """Id of the API."""
    stage_name: pulumi.Output[str]
    """Name of the stage."""
    log_group_name: pulumi.Output[str]
    """Name of the access log's log group."""
    domain_target: pulumi.Output[str]
    """Host name that the DNS record of `domain_name` must point to; empty without `domain_name`."""

    @overload
    def __init__(
        self, name: str, args: WebhookApiArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None: ...
    @overload
    def __init__(
        self, name: str, *, opts: pulumi.ResourceOptions | None = None, **keywords: Unpack[WebhookApiArgs]
    ) -> None: ...
    def __init__(
        self,
        name: str,
        args: WebhookApiArgs = NOT_GIVEN,
        opts: pulumi.ResourceOptions | None = None,
        **keywords: Any,
    ) -> None:
        args = given_args(WebhookApiArgs, args, keywords)
        check_api(args)
        super().__init__("kinexus:index:WebhookApi", name, None, with_tags(opts, args))
        child = pulumi.ResourceOptions(parent=self)
        stage_name = args.get("stage_name", "prod")
        cors = args.get("cors")
        api = aws.apigatewayv2.Api(
            name,
            name=args.get("api_name"),
            description=args.get("description"),
            protocol_type="HTTP",
            cors_configuration=api_cors(cors) if cors else None,
            disable_execute_api_endpoint=args.get("only_own_domain"),
            opts=child,
        )
        logs = aws.cloudwatch.LogGroup(
            f"{name}-access-log",
            # Under this prefix API Gateway needs no resource policy, of which an account can have only ten.
            name=pulumi.Output.concat("/aws/vendedlogs/", args.get("api_name") or api.name),
            retention_in_days=args.get("log_retention_days", 30),
            kms_key_id=args.get("log_key_arn"),
            opts=child,
        )
        authorizers = create_authorizers(
            name, api, args.get("token_issuer"), args.get("authorizer_function"), child
        )
        routes = [create_route(name, api, stage_name, route, authorizers, child) for route in args["routes"]]
        rate, burst = args.get("rate_per_second", 20), args.get("burst", 40)
        stage = aws.apigatewayv2.Stage(
            f"{name}-stage",
            api_id=api.id,
            name=stage_name,
            auto_deploy=True,
            access_log_settings={"destination_arn": logs.arn, "format": json.dumps(_ACCESS_LOG)},
            default_route_settings={"throttling_rate_limit": rate, "throttling_burst_limit": burst},
            route_settings=[
                {
                    "route_key": route_key(route),
                    "throttling_rate_limit": route.get("rate_per_second", rate),
                    "throttling_burst_limit": route.get("burst", burst),
                }
                for route in args["routes"]
            ],
            # AWS rejects settings of a route that does not exist yet.
            opts=pulumi.ResourceOptions(parent=self, depends_on=routes),
        )
        self.url = pulumi.Output.all(api.api_endpoint, stage.name).apply(_url)
        self.domain_target = pulumi.Output.from_input("")
        if "domain_name" in args:
            path = f"/{args['domain_path']}" if "domain_path" in args else ""
            self.url = pulumi.Output.concat("https://", args["domain_name"], path)
            self.domain_target = serve_under_domain(name, args, api, stage, child)
        self.api_id = api.id
        self.stage_name = stage.name
        self.log_group_name = logs.name
        self.register_outputs(outputs_of(self))


def _url(parts: list[str]) -> str:
    """Join an API's endpoint and its stage; the stage `$default` is not part of the URL."""
    endpoint, stage = parts
    return endpoint if stage == "$default" else f"{endpoint}/{stage}"
