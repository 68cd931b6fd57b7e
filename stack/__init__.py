"""Reusable Pulumi components for serverless AWS, and DocumentationPipeline, which is composed of them."""

from .arguments.cors import CorsRules
from .arguments.iam_policy import PolicyStatement
from .arguments.tags import tag_stack
from .arguments.validation import InvalidArgument
from .bucket.args import DocumentBucketArgs
from .bucket.document_bucket import DocumentBucket
from .bucket.lifecycle import DocumentExpiry
from .events.args import EventSubscriptionArgs
from .events.event_bus import EventBus, EventBusArgs
from .events.event_subscription import EventSubscription
from .events.input_transformer import InputTransformer
from .events.stream_args import StreamStart, StreamSubscriptionArgs
from .events.stream_subscription import StreamSubscription
from .function.args import FunctionArchitecture, FunctionRuntime, PythonFunctionArgs
from .function.python_function import PythonFunction
from .function.python_layer import PythonLayer, PythonLayerArgs
from .function.vpc_and_async import AsynchronousCalls, VpcPlacement
from .http_api.args import WebhookApiArgs
from .http_api.authorizer import FunctionAuthorizer, TokenIssuer
from .http_api.route import Authorization, WebhookRoute
from .http_api.webhook_api import WebhookApi
from .monitoring.args import ObservabilityArgs
from .monitoring.function_alarms import WatchedFunction
from .monitoring.observability import Observability
from .monitoring.queue_alarms import WatchedQueue
from .pipeline.args import DocumentationPipelineArgs
from .pipeline.jira_webhook import JiraWebhook, JiraWebhookArgs
from .pipeline.pipeline import DocumentationPipeline
from .schedule.args import FunctionScheduleArgs
from .schedule.function_schedule import FunctionSchedule
from .secret.args import SecretBundleArgs
from .secret.secret_bundle import SecretBundle
from .table.args import KeyKind, Projection, RecordTableArgs, StreamView, TableIndex
from .table.record_table import RecordTable

COMPONENTS = (
    DocumentBucket,
    DocumentationPipeline,
    EventBus,
    EventSubscription,
    FunctionSchedule,
    Observability,
    PythonFunction,
    PythonLayer,
    RecordTable,
    SecretBundle,
    StreamSubscription,
    WebhookApi,
)
"""The components for programs in any Pulumi language. JiraWebhook is for Python programs only."""

__all__ = [
    "COMPONENTS",
    "AsynchronousCalls",
    "Authorization",
    "CorsRules",
    "DocumentBucket",
    "DocumentBucketArgs",
    "DocumentExpiry",
    "DocumentationPipeline",
    "DocumentationPipelineArgs",
    "EventBus",
    "EventBusArgs",
    "EventSubscription",
    "EventSubscriptionArgs",
    "FunctionArchitecture",
    "FunctionAuthorizer",
    "FunctionRuntime",
    "FunctionSchedule",
    "FunctionScheduleArgs",
    "InputTransformer",
    "InvalidArgument",
    "JiraWebhook",
    "JiraWebhookArgs",
    "KeyKind",
    "Observability",
    "ObservabilityArgs",
    "PolicyStatement",
    "Projection",
    "PythonFunction",
    "PythonFunctionArgs",
    "PythonLayer",
    "PythonLayerArgs",
    "RecordTable",
    "RecordTableArgs",
    "SecretBundle",
    "SecretBundleArgs",
    "StreamStart",
    "StreamSubscription",
    "StreamSubscriptionArgs",
    "StreamView",
    "TableIndex",
    "TokenIssuer",
    "VpcPlacement",
    "WatchedFunction",
    "WatchedQueue",
    "WebhookApi",
    "WebhookApiArgs",
    "WebhookRoute",
    "tag_stack",
]
