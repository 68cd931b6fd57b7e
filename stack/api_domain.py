"""A domain of one's own in front of an HTTP API."""

import pulumi
import pulumi_aws as aws

from stack.webhook_api_args import WebhookApiArgs


def serve_under_domain(
    name: str,
    args: WebhookApiArgs,
    api: aws.apigatewayv2.Api,
    stage: aws.apigatewayv2.Stage,
    opts: pulumi.ResourceOptions,
) -> pulumi.Output[str]:
    """Serve the stage under `domain_name`; return what its DNS record points to."""
    domain = aws.apigatewayv2.DomainName(
        f"{name}-domain",
        domain_name=args["domain_name"],
        domain_name_configuration={
            "certificate_arn": args["certificate_arn"],
            "endpoint_type": "REGIONAL",
            "security_policy": "TLS_1_2",
        },
        opts=opts,
    )
    aws.apigatewayv2.ApiMapping(
        f"{name}-domain-mapping", api_id=api.id, domain_name=domain.id, stage=stage.id, opts=opts
    )
    target: pulumi.Output[str] = domain.domain_name_configuration.apply(
        lambda known: known.target_domain_name
    )
    return target
