"""Reusable components for serverless AWS on Pulumi, and the documentation pipeline that is made of them."""

from stack.api_authorizer import FunctionAuthorizer, TokenIssuer
from stack.arguments import InvalidArgument
from stack.cors import CorsRules
from stack.document_bucket import DocumentBucket
from stack.document_bucket_args import DocumentBucketArgs
from stack.document_lifecycle import DocumentExpiry
from stack.event_bus import EventBus, EventBusArgs
from stack.event_subscription import EventSubscription
from stack.event_subscription_args import EventSubscriptionArgs
from stack.function_options import AsynchronousCalls, VpcPlacement
from stack.function_schedule import FunctionSchedule
from stack.function_schedule_args import FunctionScheduleArgs
from stack.input_transformer import InputTransformer
from stack.jira_webhook import JiraWebhook, JiraWebhookArgs
from stack.observability import Observability, ObservabilityArgs
from stack.pipeline import DocumentationPipeline
from stack.pipeline_args import DocumentationPipelineArgs
from stack.policy import PolicyStatement
from stack.python_function import PythonFunction
from stack.python_function_args import FunctionArchitecture, FunctionRuntime, PythonFunctionArgs
from stack.record_table import RecordTable
from stack.record_table_args import KeyKind, Projection, RecordTableArgs, StreamView, TableIndex
from stack.secret_bundle import SecretBundle, SecretBundleArgs
from stack.watched_function import WatchedFunction
from stack.watched_queue import WatchedQueue
from stack.webhook_api import WebhookApi
from stack.webhook_api_args import WebhookApiArgs
from stack.webhook_route import Authorization, WebhookRoute

COMPONENTS = (
    DocumentBucket,
    DocumentationPipeline,
    EventBus,
    EventSubscription,
    FunctionSchedule,
    Observability,
    PythonFunction,
    RecordTable,
    SecretBundle,
    WebhookApi,
)
"""The components that programs in every Pulumi language can use; JiraWebhook is for Python alone."""

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
    "RecordTable",
    "RecordTableArgs",
    "SecretBundle",
    "SecretBundleArgs",
    "StreamView",
    "TableIndex",
    "TokenIssuer",
    "VpcPlacement",
    "WatchedFunction",
    "WatchedQueue",
    "WebhookApi",
    "WebhookApiArgs",
    "WebhookRoute",
]
