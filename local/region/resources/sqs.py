"""Provisioners for SQS: queues, queue policies, redrive policies."""

import json

from local.region.input_properties import Properties
from local.region.provisioner import Aws, Created, provisions

_ATTRIBUTES = {
    "VisibilityTimeout": "visibilityTimeoutSeconds",
    "MessageRetentionPeriod": "messageRetentionSeconds",
    "DelaySeconds": "delaySeconds",
    "MaximumMessageSize": "maxMessageSize",
    "ReceiveMessageWaitTimeSeconds": "receiveWaitTimeSeconds",
    "RedrivePolicy": "redrivePolicy",
    "RedriveAllowPolicy": "redriveAllowPolicy",
    "SqsManagedSseEnabled": "sqsManagedSseEnabled",
    "KmsMasterKeyId": "kmsMasterKeyId",
    "KmsDataKeyReusePeriodSeconds": "kmsDataKeyReusePeriodSeconds",
    "FifoQueue": "fifoQueue",
    "ContentBasedDeduplication": "contentBasedDeduplication",
    "Policy": "policy",
}


@provisions("aws:sqs/queue:Queue")
def queue(aws: Aws, p: Properties, name: str) -> Created:
    """Create a queue."""
    name = p.take("name", name)
    attributes = {key: _text(value) for key, value in p.rename(**_ATTRIBUTES).items()}
    url = aws("sqs").create_queue(QueueName=name, Attributes=attributes, tags=p.take("tags", {}))["QueueUrl"]
    arn = aws.arn("sqs", name)
    aws.registry.queues[arn] = int(attributes.get("VisibilityTimeout", "30"))
    if "Policy" in attributes:
        aws.registry.queue_policies[arn] = attributes["Policy"]
    return Created(url, {"name": name, "url": url, "arn": arn})


@provisions("aws:sqs/queuePolicy:QueuePolicy")
def queue_policy(aws: Aws, p: Properties, name: str) -> Created:
    """Set a queue's resource policy."""
    url, document = p.need("queueUrl"), p.need("policy")
    aws("sqs").set_queue_attributes(QueueUrl=url, Attributes={"Policy": document})
    aws.registry.queue_policies[aws.arn("sqs", url.rsplit("/", 1)[-1])] = document
    return Created(url)


@provisions("aws:sqs/redriveAllowPolicy:RedriveAllowPolicy")
def redrive_allow_policy(aws: Aws, p: Properties, name: str) -> Created:
    """Set which queues may use this queue as their dead-letter queue."""
    url = p.need("queueUrl")
    aws("sqs").set_queue_attributes(
        QueueUrl=url, Attributes={"RedriveAllowPolicy": p.need("redriveAllowPolicy")}
    )
    return Created(url)


@provisions("aws:sqs/redrivePolicy:RedrivePolicy")
def redrive_policy(aws: Aws, p: Properties, name: str) -> Created:
    """Set a queue's dead-letter queue."""
    url = p.need("queueUrl")
    aws("sqs").set_queue_attributes(QueueUrl=url, Attributes={"RedrivePolicy": p.need("redrivePolicy")})
    return Created(url)


def _text(value: object) -> str:
    """Return an attribute value as a string, as SQS requires."""
    return value if isinstance(value, str) else json.dumps(value)
