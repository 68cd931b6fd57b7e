"""Provisioner for schedules of EventBridge Scheduler."""

from local.region.input_properties import Properties, pascal
from local.region.provisioner import Aws, Created, provisions
from local.region.resource_registry import Schedule


@provisions("aws:scheduler/schedule:Schedule")
def schedule(aws: Aws, p: Properties, name: str) -> Created:
    """Create a schedule with its target."""
    name, target = p.take("name", name), pascal(p.need("target"))
    made = aws("scheduler").create_schedule(
        Name=name,
        ScheduleExpression=p.need("scheduleExpression"),
        FlexibleTimeWindow=pascal(p.need("flexibleTimeWindow")),
        Target=target,
        **p.rename(
            GroupName="groupName",
            Description="description",
            State="state",
            ScheduleExpressionTimezone="scheduleExpressionTimezone",
        ),
    )
    dead_letters = target.get("DeadLetterConfig", {}).get("Arn")
    aws.registry.schedules.append(Schedule(name, target["Arn"], target["RoleArn"], dead_letters))
    return Created(f"{p.take('groupName', 'default')}/{name}", {"name": name, "arn": made["ScheduleArn"]})
