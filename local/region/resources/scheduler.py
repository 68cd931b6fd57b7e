"""EventBridge Scheduler: what runs by the clock."""

from local.region.properties import Properties, pascal
from local.region.provisioner import Aws, Created, provisions


@provisions("aws:scheduler/schedule:Schedule")
def schedule(aws: Aws, p: Properties, name: str) -> Created:
    """Create a schedule with its target."""
    name = p.take("name", name)
    made = aws("scheduler").create_schedule(
        Name=name,
        ScheduleExpression=p.need("scheduleExpression"),
        FlexibleTimeWindow=pascal(p.need("flexibleTimeWindow")),
        Target=pascal(p.need("target")),
        **p.rename(
            GroupName="groupName",
            Description="description",
            State="state",
            ScheduleExpressionTimezone="scheduleExpressionTimezone",
        ),
    )
    return Created(f"{p.take('groupName', 'default')}/{name}", {"name": name, "arn": made["ScheduleArn"]})
