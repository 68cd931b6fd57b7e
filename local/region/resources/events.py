"""Provisioners for EventBridge: buses, rules, targets, archives."""

from local.region.input_properties import Properties, pascal
from local.region.provisioner import Aws, Created, provisions
from local.region.resource_registry import Target
from local.region.resources.iam import tags


@provisions("aws:cloudwatch/eventBus:EventBus")
def bus(aws: Aws, p: Properties, name: str) -> Created:
    """Create a bus."""
    name = p.take("name", name)
    made = aws("events").create_event_bus(
        Name=name,
        **p.rename(Description="description", KmsKeyIdentifier="kmsKeyIdentifier"),
        Tags=tags(p),
    )
    return Created(name, {"name": name, "arn": made["EventBusArn"]})


@provisions("aws:cloudwatch/eventBusPolicy:EventBusPolicy")
def bus_policy(aws: Aws, p: Properties, name: str) -> Created:
    """Set a bus's resource policy."""
    owner = p.take("eventBusName", "default")
    aws("events").put_permission(EventBusName=owner, Policy=p.need("policy"))
    return Created(owner)


@provisions("aws:cloudwatch/eventArchive:EventArchive")
def archive(aws: Aws, p: Properties, name: str) -> Created:
    """Create an archive of a bus's events."""
    name = p.take("name", name)
    made = aws("events").create_archive(
        ArchiveName=name,
        EventSourceArn=p.need("eventSourceArn"),
        **p.rename(RetentionDays="retentionDays", EventPattern="eventPattern", Description="description"),
    )
    return Created(name, {"name": name, "arn": made["ArchiveArn"]})


@provisions("aws:cloudwatch/eventRule:EventRule")
def rule(aws: Aws, p: Properties, name: str) -> Created:
    """Create a rule on a bus."""
    name, owner = p.take("name", name), p.take("eventBusName", "default")
    p.ignore("forceDestroy")
    made = aws("events").put_rule(
        Name=name,
        EventBusName=owner,
        **p.rename(
            EventPattern="eventPattern",
            ScheduleExpression="scheduleExpression",
            Description="description",
            State="state",
            RoleArn="roleArn",
        ),
        Tags=tags(p),
    )
    return Created(f"{owner}/{name}", {"name": name, "arn": made["RuleArn"], "eventBusName": owner})


@provisions("aws:cloudwatch/eventTarget:EventTarget")
def target(aws: Aws, p: Properties, name: str) -> Created:
    """Create a rule's target."""
    owner, of_rule = p.take("eventBusName", "default"), p.need("rule").rsplit("/", 1)[-1]
    target_id, arn = p.take("targetId", name), p.need("arn")
    entry = {"Id": target_id, "Arn": arn, **p.rename(RoleArn="roleArn", Input="input", InputPath="inputPath")}
    if transformer := p.block("inputTransformer"):
        entry["InputTransformer"] = transformer.rename(
            InputPathsMap="inputPaths", InputTemplate="inputTemplate"
        )
    for field in ("retryPolicy", "deadLetterConfig"):
        if settings := p.take(field):
            entry[field[:1].upper() + field[1:]] = pascal(settings)
    if queue := p.block("sqsTarget"):
        entry["SqsParameters"] = queue.rename(MessageGroupId="messageGroupId")
    made = aws("events").put_targets(Rule=of_rule, EventBusName=owner, Targets=[entry])
    if made["FailedEntryCount"]:
        raise ValueError(f"EventBridge refused the target: {made['FailedEntries']}")
    aws.registry.targets.append(
        Target(
            rule_arn=aws("events").describe_rule(Name=of_rule, EventBusName=owner)["Arn"],
            arn=arn,
            role_arn=entry.get("RoleArn"),
            dead_letter_arn=entry.get("DeadLetterConfig", {}).get("Arn"),
        )
    )
    return Created(f"{owner}-{of_rule}-{target_id}", {"targetId": target_id})
