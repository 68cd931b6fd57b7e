"""Provisioners for API Gateway: HTTP APIs, routes, integrations, authorizers and stages."""

from local.region.input_properties import Properties, pascal
from local.region.ministack import RegionFailure
from local.region.provisioner import Aws, Created, provisions
from local.region.resource_registry import Route


@provisions("aws:apigatewayv2/api:Api")
def api(aws: Aws, p: Properties, name: str) -> Created:
    """Create an HTTP API. Its endpoint is the local URL, so URLs built from it work on this machine."""
    name = p.take("name", name)
    cors = {"CorsConfiguration": pascal(settings)} if (settings := p.take("corsConfiguration")) else {}
    made = aws("apigatewayv2").create_api(
        Name=name,
        ProtocolType=p.need("protocolType"),
        **p.rename(
            Description="description",
            Version="version",
            DisableExecuteApiEndpoint="disableExecuteApiEndpoint",
            RouteSelectionExpression="routeSelectionExpression",
            IpAddressType="ipAddressType",
            Tags="tags",
        ),
        **cors,
    )
    identity = made["ApiId"]
    return Created(
        identity,
        {
            "name": name,
            "apiEndpoint": aws.api_url(identity),
            "arn": f"arn:aws:apigateway:{aws.stack.region}::/apis/{identity}",
            "executionArn": aws.arn("execute-api", identity),
        },
    )


@provisions("aws:apigatewayv2/integration:Integration")
def integration(aws: Aws, p: Properties, name: str) -> Created:
    """Create an integration: the function that answers a route."""
    owner, uri = p.need("apiId"), p.take("integrationUri")
    made = aws("apigatewayv2").create_integration(
        ApiId=owner,
        IntegrationType=p.need("integrationType"),
        **({"IntegrationUri": uri} if uri else {}),
        **p.rename(
            IntegrationMethod="integrationMethod",
            PayloadFormatVersion="payloadFormatVersion",
            TimeoutInMillis="timeoutMilliseconds",
            Description="description",
            ConnectionType="connectionType",
            RequestParameters="requestParameters",
        ),
    )
    aws.registry.integrations[made["IntegrationId"]] = uri or ""
    return Created(made["IntegrationId"])


@provisions("aws:apigatewayv2/route:Route")
def route(aws: Aws, p: Properties, name: str) -> Created:
    """Create a route to an integration."""
    owner, key, target = p.need("apiId"), p.need("routeKey"), p.need("target")
    made = aws("apigatewayv2").create_route(
        ApiId=owner,
        RouteKey=key,
        Target=target,
        **p.rename(
            AuthorizationType="authorizationType",
            AuthorizerId="authorizerId",
            AuthorizationScopes="authorizationScopes",
            ApiKeyRequired="apiKeyRequired",
            OperationName="operationName",
        ),
    )
    aws.registry.routes.append(Route(owner, key, target.removeprefix("integrations/")))
    return Created(made["RouteId"])


@provisions("aws:apigatewayv2/authorizer:Authorizer")
def authorizer(aws: Aws, p: Properties, name: str) -> Created:
    """Create an authorizer for routes."""
    jwt = {"JwtConfiguration": p.block("jwtConfiguration").rename(Audience="audiences", Issuer="issuer")}
    made = aws("apigatewayv2").create_authorizer(
        ApiId=p.need("apiId"),
        Name=p.take("name", name),
        AuthorizerType=p.need("authorizerType"),
        **p.rename(
            AuthorizerUri="authorizerUri",
            IdentitySource="identitySources",
            AuthorizerPayloadFormatVersion="authorizerPayloadFormatVersion",
            AuthorizerResultTtlInSeconds="authorizerResultTtlInSeconds",
            EnableSimpleResponses="enableSimpleResponses",
        ),
        **(jwt if jwt["JwtConfiguration"] else {}),
    )
    return Created(made["AuthorizerId"])


@provisions("aws:apigatewayv2/stage:Stage")
def stage(aws: Aws, p: Properties, name: str) -> Created:
    """Create a stage. Settings for a route that does not exist yet are refused, as on AWS."""
    owner, name = p.need("apiId"), p.take("name", name)
    existing = {entry["RouteKey"] for entry in aws("apigatewayv2").get_routes(ApiId=owner)["Items"]}
    settings = {}
    for entry in p.blocks("routeSettings"):
        key = entry.need("routeKey")
        if key not in existing:
            raise RegionFailure(
                f"the stage {name} has settings for the route {key!r}, which does not exist yet. "
                "AWS answers NotFoundException here. Make the stage depend on its routes"
            )
        settings[key] = _settings(entry)
    default = _settings(p.block("defaultRouteSettings"))
    logs = p.block("accessLogSettings").rename(DestinationArn="destinationArn", Format="format")
    aws("apigatewayv2").create_stage(
        ApiId=owner,
        StageName=name,
        **p.rename(
            AutoDeploy="autoDeploy",
            StageVariables="stageVariables",
            Description="description",
            DeploymentId="deploymentId",
            Tags="tags",
        ),
        **({"RouteSettings": settings} if settings else {}),
        **({"DefaultRouteSettings": default} if default else {}),
        **({"AccessLogSettings": logs} if logs else {}),
    )
    aws.registry.stages.setdefault(owner, []).append(name)
    return Created(
        name,
        {
            "name": name,
            "arn": f"arn:aws:apigateway:{aws.stack.region}::/apis/{owner}/stages/{name}",
            "executionArn": aws.arn("execute-api", f"{owner}/{name}"),
            "invokeUrl": f"{aws.api_url(owner)}/{'' if name == '$default' else name}",
        },
    )


def _settings(entry: Properties) -> dict[str, object]:
    return entry.rename(
        ThrottlingBurstLimit="throttlingBurstLimit",
        ThrottlingRateLimit="throttlingRateLimit",
        DetailedMetricsEnabled="detailedMetricsEnabled",
        DataTraceEnabled="dataTraceEnabled",
        LoggingLevel="loggingLevel",
    )
