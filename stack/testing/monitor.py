"""A mock of Pulumi's engine that records every registration and applies transforms, which Pulumi's own mocks do not."""

import threading
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from google.protobuf import empty_pb2
from pulumi.runtime import mocks, rpc, settings
from pulumi.runtime.proto import callback_pb2, resource_pb2
from pulumi.runtime.sync_await import _ensure_event_loop, _sync_await

from .graph import AppliedTransform, Registration, Resource
from .request import registration_of
from .transform import run_transform
from .wire import plain_properties, wire_properties

Create = Callable[[Registration], tuple[str, Mapping[str, Any]]]
"""Creates a custom resource and returns its id and its computed outputs. Called from several threads at once."""

Invoke = Callable[[str, Mapping[str, Any]], Mapping[str, Any]]
"""Returns the result of a provider function from its token, e.g. `aws:index/getRegion:getRegion`, and arguments."""

_STACK_TYPE = "pulumi:pulumi:Stack"


class RecordingMonitor(mocks.MockMonitor):
    """Records every registration with parent, options, dependencies and registered outputs.

    `create` creates each custom resource and returns its id and outputs; in a preview it is not called, and outputs are
    unknown. Transforms run in the engine's order: the resource's own, its parents', the stack's.
    """

    def __init__(self, create: Create, invoke: Invoke, project: str, stack: str) -> None:
        super().__init__(_NoMocks())
        self._create = create
        self._invoke = invoke
        self._prefix = f"urn:pulumi:{stack}::{project}::"
        self._lock = threading.Lock()
        self._recorded: dict[str, Resource] = {}
        self._registering: set[str] = set()
        self._transforms: dict[str, list[callback_pb2.Callback]] = {}
        self._parents: dict[str, str] = {}
        self._stack_urn = ""
        self.stack_outputs: Mapping[str, Any] = {}
        self.stack_secrets: frozenset[str] = frozenset()

    def recorded(self) -> tuple[Resource, ...]:
        """Return all resources registered so far, sorted by URN."""
        with self._lock:
            return tuple(self._recorded[urn] for urn in sorted(self._recorded))

    def make_urn(self, parent: str, type_: str, name: str) -> str:
        """Return the URN as the engine builds it: with the whole chain of component types, without the stack's."""
        chain = parent.removeprefix(self._prefix).split("::")[0] if parent else ""
        qualified = type_ if chain in ("", _STACK_TYPE) else f"{chain}${type_}"
        return f"{self._prefix}{qualified}::{name}"

    def GetDeploymentInfo(self, request: Any) -> Any:  # noqa: N802 (the engine's method name)
        """Return the features that this monitor supports.

        Resource references are not supported: resources inside of properties arrive as their id (components: their
        URN). Reading a reference would ask the engine about each resource, which never ends here.
        """
        info = super().GetDeploymentInfo(request)  # type: ignore[no-untyped-call]
        info.supportedFeatures.remove(resource_pb2.RESOURCE_MONITOR_FEATURE_RESOURCE_REFERENCES)
        return info

    def Invoke(self, request: Any) -> Any:  # noqa: N802 (the engine's method name)
        """Return the result of a provider function from the `invoke` callback."""
        _ensure_event_loop()  # type: ignore[no-untyped-call]
        if request.tok == "pulumi:pulumi:getResource":
            return super().Invoke(request)  # type: ignore[no-untyped-call]
        arguments, _ = plain_properties(request.args)
        result: Any = _sync_await(rpc.serialize_properties(dict(self._invoke(request.tok, arguments)), {}))
        return resource_pb2.ResourceInvokeResponse(**{"return": result})

    def RegisterStackTransform(self, request: Any) -> Any:  # noqa: N802 (the engine's method name)
        """Store a transform that applies to every resource."""
        with self._lock:
            self._transforms.setdefault("", []).append(request)
        return empty_pb2.Empty()

    def RegisterResource(self, request: Any) -> Any:  # noqa: N802 (the engine's method name)
        """Record a registration, create the resource, and return its state."""
        _ensure_event_loop()  # type: ignore[no-untyped-call]
        urn = self.make_urn(request.parent, request.type, request.name)
        if request.type == _STACK_TYPE:
            self._stack_urn = urn
            return resource_pb2.RegisterResourceResponse(urn=urn)
        with self._lock:
            if urn in self._registering:
                raise ValueError(f"Duplicate resource URN {urn!r}; try giving it a unique name")
            self._registering.add(urn)
            self._parents[urn] = request.parent
            self._transforms[urn] = list(request.transforms)
        applied = self._apply_transforms(urn, request)
        registration = registration_of(urn, request, applied)
        id_, outputs = "", {}
        if request.custom and not settings.is_dry_run():
            id_, created = self._create(registration)
            outputs = dict(created)
        state = {**registration.inputs, **outputs} if request.custom else outputs
        resource = Resource(**vars(registration), id=id_, outputs=state)
        with self._lock:
            self._recorded[urn] = resource
            self.resources[urn] = mocks.MockMonitor.ResourceRegistration(urn, id_, state)
        secrets = registration.secrets | {*registration.additional_secret_outputs}
        return resource_pb2.RegisterResourceResponse(
            urn=urn, id=id_, object=wire_properties(state, secrets) if request.custom else None
        )

    def ReadResource(self, request: Any) -> Any:  # noqa: N802 (the engine's method name)
        """Raise NotImplementedError: resources that the program reads but does not create are not supported."""
        raise NotImplementedError(
            f"{request.type} {request.name}: the test kit cannot read existing resources"
        )

    def RegisterResourceOutputs(self, request: Any) -> Any:  # noqa: N802 (the engine's method name)
        """Record the outputs of a component or of the stack."""
        _ensure_event_loop()  # type: ignore[no-untyped-call]
        outputs, secrets = plain_properties(request.outputs)
        with self._lock:
            if request.urn == self._stack_urn:
                self.stack_outputs, self.stack_secrets = outputs, secrets
            else:
                self._recorded[request.urn] = replace(self._recorded[request.urn], registered_outputs=outputs)
        return empty_pb2.Empty()

    def _apply_transforms(self, urn: str, request: Any) -> tuple[AppliedTransform, ...]:
        """Run the transforms of a resource, then of its parents from the nearest to the farthest, then of the stack."""
        applied, level = [], urn
        while level:
            applied += [run_transform(one, request, level) for one in self._transforms.get(level, ())]
            level = self._parents.get(level, "")
        applied += [run_transform(one, request, "") for one in self._transforms.get("", ())]
        return tuple(applied)


class _NoMocks(mocks.Mocks):
    """Placeholder for the mocks that MockMonitor requires; RecordingMonitor answers everything itself."""

    def call(self, args: mocks.MockCallArgs) -> Any:
        raise NotImplementedError(args.token)

    def new_resource(self, args: mocks.MockResourceArgs) -> Any:
        raise NotImplementedError(args.typ)
