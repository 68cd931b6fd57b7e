"""The pipeline's functions with their layer, and what invokes them: subscriptions and the schedule."""

from collections.abc import Mapping
from pathlib import Path

import pulumi
import pulumi_aws as aws

from ..events.event_bus import EventBus
from ..events.event_subscription import EventSubscription
from ..function.args import ARCHITECTURE, RUNTIME
from ..function.packaging import source_code_hash
from ..function.python_function import PythonFunction
from ..monitoring.observability import Observability
from ..schedule.function_schedule import FunctionSchedule
from . import functions
from .account import function_settings, given
from .args import DocumentationPipelineArgs
from .functions import Environment, FunctionShape
from .layer import build_layer
from .stores import InputStatements
from .validation import ROOT


class Workers:
    """Creates the functions, a layer for those that need its packages, and what invokes them."""

    def __init__(
        self,
        name: str,
        args: DocumentationPipelineArgs,
        statements: Mapping[str, InputStatements],
        values: Environment,
        opts: pulumi.ResourceOptions,
    ) -> None:
        self._name = name
        self._args = args
        self._statements = statements
        self._values = values
        self._child = opts
        self._layer = self._build_layer()
        self.created: dict[str, PythonFunction] = {}

    def _named(self, suffix: str) -> pulumi.Output[str]:
        """Return a resource name with the prefix."""
        return pulumi.Output.concat(self._args["name_prefix"], "-", suffix)

    def _build_layer(self) -> aws.lambda_.LayerVersion:
        """Create the Lambda layer that functions share."""
        prebuilt = self._args.get("layer_archive")
        archive = Path(prebuilt) if prebuilt else build_layer(bytecode=self._args["bytecode"])
        return aws.lambda_.LayerVersion(
            f"{self._name}-layer",
            layer_name=self._named("layer"),
            description="What the handlers import beyond boto3",
            code=pulumi.FileArchive(str(archive)),
            source_code_hash=source_code_hash(archive),
            compatible_architectures=[ARCHITECTURE.value],
            compatible_runtimes=[RUNTIME.value],
            opts=self._child,
        )

    def create(self, shape: FunctionShape, more: Environment | None = None) -> None:
        """Create a function with its permissions and its environment, to which `more` adds values."""
        self.created[shape.name] = PythonFunction(
            f"{self._name}-{shape.name}",
            function_name=self._named(shape.name),
            description=shape.description,
            handler=shape.handler,
            source_root=str(ROOT),
            include=shape.include,
            environment=functions.environment(shape, {**self._values, **(more or {})}),
            statements=self._statements[shape.name],
            bytecode=self._args["bytecode"],
            layers=[self._layer.arn] if shape.needs_layer else [],
            timeout_seconds=shape.timeout_seconds,
            memory_mb=shape.memory_mb,
            log_retention_days=self._args["log_retention_days"],
            opts=self._child,
            **function_settings(self._args, shape.name),
        )

    def subscribe(self, shape: FunctionShape, bus: EventBus, watch: Observability) -> EventSubscription:
        """Create the subscription that delivers a function's events."""
        return EventSubscription(
            f"{self._name}-{shape.name}-events",
            subscription_name=self._named(shape.name),
            bus_name=bus,
            pattern={"source": ["kinexus"], "detail-type": list(shape.events)},
            function=self.created[shape.name],
            may_send_back=True,
            alarm_topic_arns=[watch],
            opts=self._child,
            **given(self._args, key_arn="key_arn"),
        )

    def schedule(self, shape: FunctionShape, expression: str, watch: Observability) -> None:
        """Create a function's schedule, unless the expression is `off`."""
        if expression != "off":
            FunctionSchedule(
                f"{self._name}-{shape.name}-by-the-clock",
                schedule_name=self._named(shape.name),
                description=shape.description,
                expression=expression,
                payload=functions.SCHEDULED_AT,
                function=self.created[shape.name],
                window_minutes=15,
                alarm_topic_arns=[watch],
                opts=self._child,
                **given(self._args, key_arn="key_arn", permissions_boundary="permissions_boundary"),
            )
