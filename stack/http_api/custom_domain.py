"""Custom domain of an HTTP API: domain name, API mapping and, in a Route 53 zone, certificate and DNS record."""

import pulumi
import pulumi_aws as aws

from .args import WebhookApiArgs


def serve_under_domain(
    name: str,
    args: WebhookApiArgs,
    api: aws.apigatewayv2.Api,
    stage: aws.apigatewayv2.Stage,
    opts: pulumi.ResourceOptions,
) -> pulumi.Output[str]:
    """Serve the stage under `domain_name`; return the host name that the domain's DNS record must point to."""
    domain = aws.apigatewayv2.DomainName(
        f"{name}-domain",
        domain_name=args["domain_name"],
        domain_name_configuration={
            "certificate_arn": args.get("certificate_arn") or _certificate(name, args, opts),
            "endpoint_type": "REGIONAL",
            "security_policy": "TLS_1_2",
        },
        opts=opts,
    )
    aws.apigatewayv2.ApiMapping(
        f"{name}-domain-mapping",
        api_id=api.id,
        domain_name=domain.id,
        stage=stage.id,
        api_mapping_key=args.get("domain_path"),
        opts=opts,
    )
    served = domain.domain_name_configuration
    target: pulumi.Output[str] = served.apply(lambda known: known.target_domain_name)
    if "zone_id" in args:
        aws.route53.Record(
            f"{name}-domain-record",
            zone_id=args["zone_id"],
            name=args["domain_name"],
            type="A",
            aliases=[
                {
                    "name": target,
                    "zone_id": served.apply(lambda known: known.hosted_zone_id),
                    "evaluate_target_health": False,
                }
            ],
            opts=opts,
        )
    return target


def _certificate(name: str, args: WebhookApiArgs, opts: pulumi.ResourceOptions) -> pulumi.Output[str]:
    """Create a certificate and validate it by DNS in `zone_id`; its ARN is known once AWS has validated it."""
    certificate = aws.acm.Certificate(
        f"{name}-certificate", domain_name=args["domain_name"], validation_method="DNS", opts=opts
    )
    # One domain has one validation option. It is read in `apply`, so the record also appears in previews.
    option = certificate.domain_validation_options.apply(lambda options: options[0])
    proof = aws.route53.Record(
        f"{name}-certificate-proof",
        zone_id=args["zone_id"],
        name=option.apply(lambda one: one.resource_record_name),
        type=option.apply(lambda one: one.resource_record_type),
        records=[option.apply(lambda one: one.resource_record_value)],
        ttl=300,
        allow_overwrite=True,
        opts=opts,
    )
    proven = aws.acm.CertificateValidation(
        f"{name}-certificate-proven",
        certificate_arn=certificate.arn,
        validation_record_fqdns=[proof.fqdn],
        opts=opts,
    )
    arn: pulumi.Output[str] = proven.certificate_arn
    return arn
