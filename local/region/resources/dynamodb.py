"""Provisioner for DynamoDB tables."""

from typing import Any

from local.region.input_properties import Properties
from local.region.provisioner import Aws, Created, provisions
from local.region.resources.iam import tags


@provisions("aws:dynamodb/table:Table")
def table(aws: Aws, p: Properties, name: str) -> Created:
    """Create a table with its indexes, stream, time to live and point-in-time recovery."""
    name = p.take("name", name)
    client = aws("dynamodb")
    encryption = p.block("serverSideEncryption")
    request: dict[str, Any] = {
        "TableName": name,
        "KeySchema": _keys(p),
        "AttributeDefinitions": [
            {"AttributeName": a.need("name"), "AttributeType": a.need("type")} for a in p.blocks("attributes")
        ],
        "BillingMode": p.take("billingMode", "PROVISIONED"),
        "Tags": tags(p),
        **p.rename(DeletionProtectionEnabled="deletionProtectionEnabled", TableClass="tableClass"),
    }
    if limits := _limits(p):
        request["OnDemandThroughput"] = limits
    if throughput := p.rename(ReadCapacityUnits="readCapacity", WriteCapacityUnits="writeCapacity"):
        request["ProvisionedThroughput"] = throughput
    for field in ("globalSecondaryIndexes", "localSecondaryIndexes"):
        if indexes := [_index(index) for index in p.blocks(field)]:
            request[field[:1].upper() + field[1:]] = indexes
    if encryption:
        request["SSESpecification"] = {
            **encryption.rename(Enabled="enabled", KMSMasterKeyId="kmsKeyArn"),
            "SSEType": "KMS",
        }
    if p.take("streamEnabled"):
        request["StreamSpecification"] = {"StreamEnabled": True, "StreamViewType": p.need("streamViewType")}
    made = client.create_table(**request)["TableDescription"]
    if (ttl := p.block("ttl")) and ttl.take("enabled", False):
        client.update_time_to_live(
            TableName=name,
            TimeToLiveSpecification={"Enabled": True, "AttributeName": ttl.need("attributeName")},
        )
    if (recovery := p.block("pointInTimeRecovery")) and recovery.take("enabled"):
        client.update_continuous_backups(
            TableName=name,
            PointInTimeRecoverySpecification={
                "PointInTimeRecoveryEnabled": True,
                **recovery.rename(RecoveryPeriodInDays="recoveryPeriodInDays"),
            },
        )
    outputs = {"name": name, "arn": made["TableArn"]}
    if "LatestStreamArn" in made:
        outputs |= {"streamArn": made["LatestStreamArn"], "streamLabel": made["LatestStreamLabel"]}
    return Created(name, outputs)


def _keys(p: Properties) -> list[dict[str, str]]:
    if schemas := p.blocks("keySchemas"):
        return [{"AttributeName": s.need("attributeName"), "KeyType": s.need("keyType")} for s in schemas]
    keys = [{"AttributeName": p.need("hashKey"), "KeyType": "HASH"}]
    if range_key := p.take("rangeKey"):
        keys.append({"AttributeName": range_key, "KeyType": "RANGE"})
    return keys


def _index(index: Properties) -> dict[str, Any]:
    limits = _limits(index)
    return {
        "IndexName": index.need("name"),
        "KeySchema": _keys(index),
        "Projection": index.rename(ProjectionType="projectionType", NonKeyAttributes="nonKeyAttributes"),
        **({"OnDemandThroughput": limits} if limits else {}),
    }


def _limits(p: Properties) -> dict[str, Any]:
    """Return the limits of on-demand throughput."""
    return p.block("onDemandThroughput").rename(
        MaxReadRequestUnits="maxReadRequestUnits", MaxWriteRequestUnits="maxWriteRequestUnits"
    )
