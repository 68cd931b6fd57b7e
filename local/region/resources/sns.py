"""Provisioners for SNS: topics, topic policies, subscriptions."""

from local.region.input_properties import Properties
from local.region.provisioner import Aws, Created, provisions
from local.region.resources.iam import tags


@provisions("aws:sns/topic:Topic")
def topic(aws: Aws, p: Properties, name: str) -> Created:
    """Create a topic."""
    name = p.take("name", name)
    attributes = p.rename(DisplayName="displayName", KmsMasterKeyId="kmsMasterKeyId", Policy="policy")
    arn = aws("sns").create_topic(Name=name, Attributes=attributes, Tags=tags(p))["TopicArn"]
    if "Policy" in attributes:
        aws.registry.topic_policies[arn] = attributes["Policy"]
    return Created(arn, {"name": name, "arn": arn, "owner": aws.stack.account})


@provisions("aws:sns/topicPolicy:TopicPolicy")
def topic_policy(aws: Aws, p: Properties, name: str) -> Created:
    """Set a topic's resource policy."""
    arn, document = p.need("arn"), p.need("policy")
    aws("sns").set_topic_attributes(TopicArn=arn, AttributeName="Policy", AttributeValue=document)
    aws.registry.topic_policies[arn] = document
    return Created(arn, {"owner": aws.stack.account})


@provisions("aws:sns/topicSubscription:TopicSubscription")
def topic_subscription(aws: Aws, p: Properties, name: str) -> Created:
    """Subscribe an endpoint to a topic."""
    made = aws("sns").subscribe(
        TopicArn=p.need("topic"),
        Protocol=p.need("protocol"),
        Endpoint=p.need("endpoint"),
        ReturnSubscriptionArn=True,
    )
    return Created(made["SubscriptionArn"], {"arn": made["SubscriptionArn"]})
