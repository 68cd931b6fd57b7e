"""Provisioners for own domains: certificates, DNS records, domain names of APIs and their mappings."""

from typing import Any

from local.region.input_properties import Properties, pascal
from local.region.provisioner import Aws, Created, provisions
from local.region.resources.iam import tags


@provisions("aws:acm/certificate:Certificate")
def certificate(aws: Aws, p: Properties, name: str) -> Created:
    """Request a certificate; its outputs name the records that prove the domain."""
    arn = aws("acm").request_certificate(
        DomainName=p.need("domainName"),
        **p.rename(
            ValidationMethod="validationMethod",
            SubjectAlternativeNames="subjectAlternativeNames",
            KeyAlgorithm="keyAlgorithm",
        ),
        **({"Tags": given} if (given := tags(p)) else {}),
    )["CertificateArn"]
    made = aws("acm").describe_certificate(CertificateArn=arn)["Certificate"]
    options = [_option(option) for option in made["DomainValidationOptions"]]
    return Created(arn, {"arn": arn, "status": made["Status"], "domainValidationOptions": options})


def _option(option: dict[str, Any]) -> dict[str, str]:
    record = option["ResourceRecord"]
    return {
        "domainName": option["DomainName"],
        "resourceRecordName": record["Name"],
        "resourceRecordType": record["Type"],
        "resourceRecordValue": record["Value"],
    }


@provisions("aws:acm/certificateValidation:CertificateValidation")
def certificate_validation(aws: Aws, p: Properties, name: str) -> Created:
    """Wait for a certificate; here it is valid at once."""
    arn = p.need("certificateArn")
    p.ignore("validationRecordFqdns")
    aws("acm").describe_certificate(CertificateArn=arn)
    return Created(arn)


@provisions("aws:route53/record:Record")
def record(aws: Aws, p: Properties, name: str) -> Created:
    """Create a DNS record, or overwrite one where that is allowed."""
    zone, name, kind = p.need("zoneId"), p.need("name"), p.need("type")
    wanted: dict[str, Any] = {
        "Name": name,
        "Type": kind,
        **p.rename(TTL="ttl", SetIdentifier="setIdentifier"),
    }
    if values := p.take("records"):
        wanted["ResourceRecords"] = [{"Value": value} for value in values]
    for alias in p.blocks("aliases"):
        wanted["AliasTarget"] = alias.rename(
            DNSName="name", HostedZoneId="zoneId", EvaluateTargetHealth="evaluateTargetHealth"
        )
    action = "UPSERT" if p.take("allowOverwrite") else "CREATE"
    aws("route53").change_resource_record_sets(
        HostedZoneId=zone, ChangeBatch={"Changes": [{"Action": action, "ResourceRecordSet": wanted}]}
    )
    return Created(f"{zone}_{name}_{kind}", {"fqdn": name})


@provisions("aws:apigatewayv2/domainName:DomainName")
def domain_name(aws: Aws, p: Properties, name: str) -> Created:
    """Create the domain name of APIs; its outputs name the target of the DNS record."""
    configuration = p.need("domainNameConfiguration")
    made = aws("apigatewayv2").create_domain_name(
        DomainName=p.need("domainName"),
        DomainNameConfigurations=[pascal(configuration)],
        **p.rename(Tags="tags"),
    )
    target = made["DomainNameConfigurations"][0]
    served = {"targetDomainName": target["ApiGatewayDomainName"], "hostedZoneId": target["HostedZoneId"]}
    name = made["DomainName"]
    return Created(
        name,
        {
            "domainNameConfiguration": {**configuration, **served},
            "arn": f"arn:aws:apigateway:{aws.stack.region}::/domainnames/{name}",
        },
    )


@provisions("aws:apigatewayv2/apiMapping:ApiMapping")
def api_mapping(aws: Aws, p: Properties, name: str) -> Created:
    """Serve a stage under a domain name."""
    made = aws("apigatewayv2").create_api_mapping(
        ApiId=p.need("apiId"),
        DomainName=p.need("domainName"),
        Stage=p.need("stage"),
        **p.rename(ApiMappingKey="apiMappingKey"),
    )
    return Created(made["ApiMappingId"])
