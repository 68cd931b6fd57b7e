"""What the provider knows of a type beyond its properties: which of them replace it, its name, and defaults.

From the schemas of terraform-provider-aws, on which Pulumi's provider is built (ForceNew, and RequiresReplace in its
newer resources). `region` replaces every resource.
"""

REPLACING: dict[str, tuple[str, ...]] = {
    "aws:acm/certificate:Certificate": (
        "domainName", "subjectAlternativeNames", "validationMethod", "keyAlgorithm", "certificateAuthorityArn",
    ),
    "aws:acm/certificateValidation:CertificateValidation": ("certificateArn", "validationRecordFqdns"),
    "aws:apigatewayv2/apiMapping:ApiMapping": ("domainName",),
    "aws:apigatewayv2/domainName:DomainName": ("domainName",),
    "aws:lambda/functionUrl:FunctionUrl": ("functionName", "qualifier"),
    "aws:lambda/provisionedConcurrencyConfig:ProvisionedConcurrencyConfig": ("functionName", "qualifier"),
    "aws:route53/record:Record": ("zoneId",),
    "aws:s3/bucketCorsConfiguration:BucketCorsConfiguration": ("bucket", "expectedBucketOwner"),
    "aws:s3/bucketNotification:BucketNotification": ("bucket",),
    "aws:secretsmanager/secretRotation:SecretRotation": ("secretId",),
    "aws:apigatewayv2/api:Api": ("protocolType",),
    "aws:apigatewayv2/authorizer:Authorizer": ("apiId",),
    "aws:apigatewayv2/integration:Integration": ("apiId", "integrationType", "integrationSubtype"),
    "aws:apigatewayv2/route:Route": ("apiId",),
    "aws:apigatewayv2/stage:Stage": ("apiId", "name"),
    "aws:cloudwatch/dashboard:Dashboard": ("dashboardName",),
    "aws:cloudwatch/eventArchive:EventArchive": ("name", "eventSourceArn"),
    "aws:cloudwatch/eventBus:EventBus": ("name", "eventSourceName"),
    "aws:cloudwatch/eventBusPolicy:EventBusPolicy": ("eventBusName",),
    "aws:cloudwatch/eventRule:EventRule": ("name", "namePrefix", "eventBusName"),
    "aws:cloudwatch/eventTarget:EventTarget": ("rule", "eventBusName", "targetId"),
    "aws:cloudwatch/logGroup:LogGroup": ("name", "namePrefix", "logGroupClass"),
    "aws:cloudwatch/logMetricFilter:LogMetricFilter": ("name", "logGroupName"),
    "aws:cloudwatch/metricAlarm:MetricAlarm": ("name",),
    "aws:dynamodb/table:Table": ("name", "hashKey", "rangeKey", "localSecondaryIndexes"),
    "aws:iam/policy:Policy": ("name", "namePrefix", "path", "description"),
    "aws:iam/role:Role": ("name", "namePrefix", "path"),
    "aws:iam/rolePolicy:RolePolicy": ("name", "namePrefix", "role"),
    "aws:iam/rolePolicyAttachment:RolePolicyAttachment": ("role", "policyArn"),
    "aws:lambda/alias:Alias": ("functionName", "name"),
    "aws:lambda/eventSourceMapping:EventSourceMapping": (
        "eventSourceArn",
        "startingPosition",
        "startingPositionTimestamp",
    ),
    "aws:lambda/function:Function": ("name", "packageType"),
    "aws:lambda/functionEventInvokeConfig:FunctionEventInvokeConfig": ("functionName", "qualifier"),
    "aws:lambda/layerVersion:LayerVersion": (
        "layerName", "code", "sourceCodeHash", "compatibleArchitectures", "compatibleRuntimes", "description",
        "licenseInfo", "skipDestroy",
    ),
    "aws:lambda/permission:Permission": (
        "action", "eventSourceToken", "function", "functionUrlAuthType", "principal", "principalOrgId", "qualifier",
        "sourceAccount", "sourceArn", "statementId", "statementIdPrefix",
    ),
    "aws:s3/bucket:Bucket": ("bucket", "bucketPrefix", "objectLockEnabled"),
    "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration": ("bucket", "expectedBucketOwner"),
    "aws:s3/bucketLogging:BucketLogging": ("bucket", "expectedBucketOwner"),
    "aws:s3/bucketOwnershipControls:BucketOwnershipControls": ("bucket",),
    "aws:s3/bucketPolicy:BucketPolicy": ("bucket",),
    "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock": ("bucket",),
    "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration": (
        "bucket",
        "expectedBucketOwner",
    ),
    "aws:s3/bucketVersioning:BucketVersioning": ("bucket", "expectedBucketOwner"),
    "aws:scheduler/schedule:Schedule": ("name", "namePrefix", "groupName"),
    "aws:secretsmanager/secret:Secret": ("name", "namePrefix"),
    "aws:secretsmanager/secretVersion:SecretVersion": ("secretId", "secretString", "secretBinary"),
    "aws:sns/topic:Topic": ("name", "namePrefix", "fifoTopic"),
    "aws:sns/topicPolicy:TopicPolicy": ("arn",),
    "aws:sns/topicSubscription:TopicSubscription": ("topic", "protocol", "endpoint"),
    "aws:sqs/queue:Queue": ("name", "namePrefix", "fifoQueue"),
    "aws:sqs/queuePolicy:QueuePolicy": ("queueUrl",),
    "aws:sqs/redriveAllowPolicy:RedriveAllowPolicy": ("queueUrl",),
    "aws:sqs/redrivePolicy:RedrivePolicy": ("queueUrl",),
}  # fmt: skip
"""Replacing properties by resource type."""

DEFAULTS: dict[str, dict[str, object]] = {
    "aws:lambda/function:Function": {
        "memorySize": 128,
        "packageType": "Zip",
        "publish": False,
        "reservedConcurrentExecutions": -1,
        "skipDestroy": False,
        "timeout": 3,
    },
}
"""Defaults of Terraform that are among the outputs although the program does not set them: the ones programs read.

Without them, what depends on such an output would be unknown in every preview.
"""

_NAMES = {
    "aws:s3/bucket:Bucket": "bucket",
    "aws:lambda/permission:Permission": "statementId",
}
_UNNAMED = ("aws:apigatewayv2/stage:Stage", "aws:lambda/alias:Alias", "aws:route53/record:Record")
"""Types whose `name` the provider does not make up: it is required."""


def replaces(token: str, property_name: str) -> bool:
    """Return whether a change of a top-level property replaces the resource."""
    return property_name == "region" or property_name in REPLACING.get(token, ())


def name_property(token: str, inputs: dict[str, object]) -> str | None:
    """Return the property that the provider makes up if the program gives none; `inputs` are those of the type."""
    name = _NAMES.get(token, "name")
    return name if name in inputs and token not in _UNNAMED else None
