"""PythonLayer: a Lambda layer with the packages of a lock file, built without Docker."""

from pathlib import Path
from typing import Any, NotRequired, TypedDict, Unpack, overload

import pulumi
import pulumi_aws as aws

from ..arguments.names import name_in_stack
from ..arguments.shape import NOT_GIVEN, given_args, outputs_of
from ..arguments.validation import check_fields, check_text, reject
from .args import ARCHITECTURE, RUNTIME, FunctionArchitecture, FunctionRuntime
from .bytecode import find_interpreter
from .packaging import layer_archive, source_code_hash
from .requirements_lock import LambdaTarget
from .validation import check_bytecode


class PythonLayerArgs(TypedDict):
    """Packages of the layer, and the functions that it is for."""

    requirements: str
    """Path of the lock file, with exact versions and hashes. Packages need wheels. Write the file with `uv pip compile
    --generate-hashes`."""
    layer_name: NotRequired[pulumi.Input[str]]
    """Name in AWS, up to 140 letters, digits, `-` and `_`. By default it is made of the names of project, stack and
    component."""
    runtime: NotRequired[FunctionRuntime]
    """Lambda runtime of the functions; Python 3.13 by default."""
    architecture: NotRequired[FunctionArchitecture]
    """Processor architecture of the functions; arm64 by default."""
    description: NotRequired[pulumi.Input[str]]
    """Description that AWS shows."""
    exclude: NotRequired[list[str]]
    """What of the packages stays out of the layer: names in any folder (`tests`, `*.md`), or paths relative to the
    packages' folder (`requests/help.py`). Keep the licences."""
    bytecode: NotRequired[bool]
    """Package compiled files beside the sources, so that a cold start compiles nothing; false by default. True needs a
    CPython of the runtime's version where the program runs (`python3.13` on PATH)."""
    build_folder: NotRequired[str]
    """Folder in which the archive is built; `.build` beside the lock file by default."""


class PythonLayer(pulumi.ComponentResource):
    """A Lambda layer with the packages of a lock file, selected for a runtime and an architecture, without Docker.

    Its archive is reproducible: the same lock file gives the same bytes on any machine. Functions that use the layer
    must have its runtime and architecture.
    """

    layer_arn: pulumi.Output[str]
    """ARN of the layer's version, for the argument `layers` of functions."""
    layer_name: pulumi.Output[str]
    """Its name."""

    @overload
    def __init__(
        self, name: str, args: PythonLayerArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None: ...
    @overload
    def __init__(
        self, name: str, *, opts: pulumi.ResourceOptions | None = None, **keywords: Unpack[PythonLayerArgs]
    ) -> None: ...
    def __init__(
        self,
        name: str,
        args: PythonLayerArgs = NOT_GIVEN,
        opts: pulumi.ResourceOptions | None = None,
        **keywords: Any,
    ) -> None:
        args = given_args(PythonLayerArgs, args, keywords)
        _check(args)
        super().__init__("kinexus:index:PythonLayer", name, None, opts)
        target = LambdaTarget(
            FunctionRuntime(args.get("runtime", RUNTIME)),
            FunctionArchitecture(args.get("architecture", ARCHITECTURE)),
        )
        lock = Path(args["requirements"])
        build = Path(args.get("build_folder", lock.parent / ".build"))
        archive = layer_archive(
            lock,
            build,
            target,
            exclude=args.get("exclude", []),
            interpreter=find_interpreter(target.python) if args.get("bytecode") else None,
        )
        layer = aws.lambda_.LayerVersion(
            name,
            layer_name=args.get("layer_name") or name_in_stack(name, 140),
            description=args.get("description"),
            code=pulumi.FileArchive(str(archive)),
            source_code_hash=source_code_hash(archive),
            compatible_architectures=[target.architecture.value],
            compatible_runtimes=[target.runtime.value],
            opts=pulumi.ResourceOptions(parent=self),
        )
        self.layer_arn = layer.arn
        self.layer_name = layer.layer_name
        self.register_outputs(outputs_of(self))


def _check(args: PythonLayerArgs) -> None:
    """Raise InvalidArgument for arguments that Lambda would reject."""
    component = "PythonLayer"
    check_fields(component, args, PythonLayerArgs)
    if "" in args.get("exclude", []):
        reject(
            component, "exclude", "has an empty entry", "Write a name, a pattern such as `*.md`, or a path."
        )
    check_bytecode(component, args.get("bytecode"), args.get("runtime", RUNTIME))
    fix = "Use 1 to 140 letters, digits, `-` and `_`."
    check_text(component, "layer_name", args.get("layer_name"), r"[A-Za-z0-9_-]{1,140}", fix)
