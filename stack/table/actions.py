"""The actions of DynamoDB on a table, its indexes and its stream, by the service reference of IAM.

https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazondynamodb.html
"""

TABLE_ACTIONS = frozenset({
    "BatchGetItem", "BatchWriteItem", "ConditionCheckItem", "CreateBackup", "CreateTable", "CreateTableReplica",
    "DeleteItem", "DeleteResourcePolicy", "DeleteTable", "DeleteTableReplica", "DescribeContinuousBackups",
    "DescribeContributorInsights", "DescribeKinesisStreamingDestination", "DescribeTable",
    "DescribeTableReplicaAutoScaling", "DescribeTimeToLive", "DisableKinesisStreamingDestination",
    "EnableKinesisStreamingDestination", "ExportTableToPointInTime", "GetItem", "GetResourcePolicy", "ImportTable",
    "ListTagsOfResource", "PartiQLDelete", "PartiQLInsert", "PartiQLSelect", "PartiQLUpdate", "PutItem",
    "PutResourcePolicy", "Query", "RestoreTableFromAwsBackup", "RestoreTableToPointInTime", "Scan",
    "StartAwsBackupJob", "TagResource", "UntagResource", "UpdateContinuousBackups", "UpdateContributorInsights",
    "UpdateItem", "UpdateKinesisStreamingDestination", "UpdateTable", "UpdateTableReplicaAutoScaling",
    "UpdateTimeToLive",
})  # fmt: skip
"""Actions on the table, without `dynamodb:`."""
INDEX_ACTIONS = frozenset({
    "DescribeContributorInsights", "PartiQLSelect", "Query", "Scan", "UpdateContributorInsights",
})  # fmt: skip
"""Those of them that also exist on an index."""
STREAM_ACTIONS = frozenset({
    "DeleteResourcePolicy", "DescribeStream", "GetRecords", "GetResourcePolicy", "GetShardIterator",
    "PutResourcePolicy",
})  # fmt: skip
"""Actions on the stream; some of them also exist on the table."""
