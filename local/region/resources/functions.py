"""Provisioners for Lambda: functions, aliases, layers, permissions, event source mappings."""

import base64
import hashlib
import json
import time
from pathlib import Path
from typing import Any

from local.region.input_properties import Properties, pascal
from local.region.ministack import RegionFailure
from local.region.provisioner import Aws, Created, provisions
from local.region.pulumi_archives import zip_bytes
from local.region.resource_registry import Function, Mapping

_RESERVED = {"AWS_REGION", "AWS_DEFAULT_REGION", "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"} | {
    "AWS_SESSION_TOKEN", "AWS_EXECUTION_ENV", "AWS_LAMBDA_FUNCTION_NAME", "AWS_LAMBDA_FUNCTION_VERSION",
    "AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "AWS_LAMBDA_LOG_GROUP_NAME", "AWS_LAMBDA_LOG_STREAM_NAME",
    "AWS_LAMBDA_RUNTIME_API", "LAMBDA_TASK_ROOT", "LAMBDA_RUNTIME_DIR", "_HANDLER",
}  # fmt: skip
_ENVIRONMENT_BYTES = 4096
_ACTIVE_SECONDS = 20
_RUNTIME = Path(__file__).resolve().parents[1] / "runtime"


@provisions("aws:lambda/layerVersion:LayerVersion")
def layer(aws: Aws, p: Properties, name: str) -> Created:
    """Publish a layer version."""
    p.ignore("sourceCodeHash", "skipDestroy")
    made = aws("lambda").publish_layer_version(
        LayerName=p.take("layerName", name),
        Content={"ZipFile": zip_bytes(p.need("code"))},
        **p.rename(
            Description="description",
            CompatibleRuntimes="compatibleRuntimes",
            CompatibleArchitectures="compatibleArchitectures",
            LicenseInfo="licenseInfo",
        ),
    )
    arn = made["LayerVersionArn"]
    return Created(arn, {"arn": arn, "layerArn": made["LayerArn"], "version": str(made["Version"])})


@provisions("aws:lambda/function:Function")
def function(aws: Aws, p: Properties, name: str) -> Created:
    """Create a function and wait until it is active."""
    name = p.take("name", name)
    p.ignore("sourceCodeHash", "skipDestroy", "replaceSecurityGroupsOnDestroy")
    package = zip_bytes(p.need("code"))
    variables = _variables(p.block("environment").take("variables") or {})
    request: dict[str, Any] = {
        "FunctionName": name,
        "Role": p.need("role"),
        "Code": {"ZipFile": package},
        "Environment": {"Variables": {**variables, **aws.environment(name)}},
        "Tags": p.take("tags", {}),
        **p.rename(
            Handler="handler",
            Runtime="runtime",
            Description="description",
            Timeout="timeout",
            MemorySize="memorySize",
            Architectures="architectures",
            Layers="layers",
            Publish="publish",
            KMSKeyArn="kmsKeyArn",
            PackageType="packageType",
        ),
    }
    for field in (
        "loggingConfig",
        "tracingConfig",
        "snapStart",
        "ephemeralStorage",
        "deadLetterConfig",
        "vpcConfig",
    ):
        if settings := p.take(field):
            request[field[:1].upper() + field[1:]] = pascal(settings)
    request["Environment"]["Variables"] |= _runtime(request.get("LoggingConfig", {}))
    made = aws("lambda").create_function(**request)
    _wait_until_active(aws, name)
    reserved = p.take("reservedConcurrentExecutions", -1)
    if reserved >= 0:
        aws("lambda").put_function_concurrency(FunctionName=name, ReservedConcurrentExecutions=reserved)
    aws.registry.functions[name] = Function(
        name=name,
        arn=aws.arn("lambda", f"function:{name}"),
        role=request["Role"],
        timeout=request.get("Timeout", 3),
        log_group=request.get("LoggingConfig", {}).get("LogGroup", f"/aws/lambda/{name}"),
    )
    return Created(name, {"name": name, **_function_outputs(aws, name, made, package)})


@provisions("aws:lambda/alias:Alias")
def alias(aws: Aws, p: Properties, name: str) -> Created:
    """Create an alias of a function version."""
    owner, name = p.need("functionName"), p.take("name", name)
    made = aws("lambda").create_alias(
        FunctionName=owner,
        Name=name,
        FunctionVersion=p.need("functionVersion"),
        **p.rename(Description="description"),
    )
    arn = made["AliasArn"]
    return Created(arn, {"name": name, "arn": arn, "invokeArn": _invoke_arn(aws, arn)})


@provisions("aws:lambda/permission:Permission")
def permission(aws: Aws, p: Properties, name: str) -> Created:
    """Add a permission for a service to call a function."""
    owner, statement = p.need("function").rsplit(":", 1)[-1], p.take("statementId", name)
    made = aws("lambda").add_permission(
        FunctionName=p.need("function"),
        StatementId=statement,
        Action=p.need("action"),
        Principal=p.need("principal"),
        **p.rename(
            SourceArn="sourceArn",
            SourceAccount="sourceAccount",
            Qualifier="qualifier",
            PrincipalOrgID="principalOrgId",
            EventSourceToken="eventSourceToken",
            FunctionUrlAuthType="functionUrlAuthType",
        ),
    )
    aws.registry.function_policies.setdefault(owner, []).append(json.loads(made["Statement"]))
    return Created(statement, {"statementId": statement})


@provisions("aws:lambda/eventSourceMapping:EventSourceMapping")
def source_mapping(aws: Aws, p: Properties, name: str) -> Created:
    """Create an event source mapping from a queue or a table's stream to a function."""
    owner, source = p.need("functionName"), p.need("eventSourceArn")
    request = {
        "FunctionName": owner,
        "EventSourceArn": source,
        **p.rename(
            BatchSize="batchSize",
            Enabled="enabled",
            FunctionResponseTypes="functionResponseTypes",
            MaximumBatchingWindowInSeconds="maximumBatchingWindowInSeconds",
            StartingPosition="startingPosition",
            BisectBatchOnFunctionError="bisectBatchOnFunctionError",
            MaximumRetryAttempts="maximumRetryAttempts",
            MaximumRecordAgeInSeconds="maximumRecordAgeInSeconds",
            ParallelizationFactor="parallelizationFactor",
            TumblingWindowInSeconds="tumblingWindowInSeconds",
            Tags="tags",
        ),
    }
    for field in ("scalingConfig", "filterCriteria"):
        if settings := p.take(field):
            request[field[:1].upper() + field[1:]] = pascal(settings)
    if settings := p.take("destinationConfig"):
        # Pulumi calls it otherwise than AWS, and than it does for asynchronous calls.
        request["DestinationConfig"] = {
            end[:1].upper() + end[1:]: {"Destination": one["destinationArn"]} for end, one in settings.items()
        }
    made = aws("lambda").create_event_source_mapping(**request)
    aws.registry.mappings.append(Mapping(_function_name(owner), source))
    outputs = {"uuid": made["UUID"], "arn": aws.arn("lambda", f"event-source-mapping:{made['UUID']}")}
    return Created(made["UUID"], {**outputs, "functionArn": made["FunctionArn"], "state": made["State"]})


@provisions("aws:lambda/functionUrl:FunctionUrl")
def function_url(aws: Aws, p: Properties, name: str) -> Created:
    """Give a function, or its alias, a URL."""
    owner, qualifier = p.need("functionName"), p.take("qualifier")
    cors = {"Cors": pascal(settings)} if (settings := p.take("cors")) else {}
    made = aws("lambda").create_function_url_config(
        FunctionName=owner,
        AuthType=p.need("authorizationType"),
        **p.rename(InvokeMode="invokeMode"),
        **({"Qualifier": qualifier} if qualifier else {}),
        **cors,
    )
    url = made["FunctionUrl"]
    arn = made["FunctionArn"]
    return Created(
        f"{owner}/{qualifier}" if qualifier else owner,
        {"functionUrl": url, "functionArn": arn, "urlId": url.removeprefix("https://").split(".")[0]},
    )


@provisions("aws:lambda/provisionedConcurrencyConfig:ProvisionedConcurrencyConfig")
def provisioned_concurrency(aws: Aws, p: Properties, name: str) -> Created:
    """Keep instances of a version or alias ready."""
    owner, qualifier = p.need("functionName"), p.need("qualifier")
    p.ignore("skipDestroy")
    count = p.need("provisionedConcurrentExecutions")
    aws("lambda").put_provisioned_concurrency_config(
        FunctionName=owner, Qualifier=qualifier, ProvisionedConcurrentExecutions=count
    )
    return Created(f"{owner},{qualifier}")


@provisions("aws:lambda/functionEventInvokeConfig:FunctionEventInvokeConfig")
def invoke_config(aws: Aws, p: Properties, name: str) -> Created:
    """Configure retries and destinations of a function's asynchronous calls."""
    owner = p.need("functionName")
    aws("lambda").put_function_event_invoke_config(
        FunctionName=owner,
        **p.rename(
            MaximumRetryAttempts="maximumRetryAttempts", MaximumEventAgeInSeconds="maximumEventAgeInSeconds"
        ),
        **({"DestinationConfig": pascal(settings)} if (settings := p.take("destinationConfig")) else {}),
    )
    return Created(owner)


def _variables(variables: dict[str, str]) -> dict[str, str]:
    """Return the environment; refuse what Lambda refuses and MiniStack accepts."""
    if reserved := _RESERVED & variables.keys():
        raise RegionFailure(
            f"the environment sets {', '.join(sorted(reserved))}, which Lambda reserves; rename or remove it"
        )
    size = sum(len(key.encode()) + len(value.encode()) for key, value in variables.items())
    if size > _ENVIRONMENT_BYTES:
        raise RegionFailure(f"the environment has {size} bytes; Lambda allows at most {_ENVIRONMENT_BYTES}")
    return variables


def _runtime(logging: dict[str, str]) -> dict[str, str]:
    """Return the variables that make a MiniStack worker log in JSON, as Lambda's runtime does (sitecustomize.py)."""
    if logging.get("LogFormat") != "JSON":
        return {}
    level = logging.get("ApplicationLogLevel", "INFO")
    return {"AWS_LAMBDA_LOG_FORMAT": "JSON", "AWS_LAMBDA_LOG_LEVEL": level, "PYTHONPATH": str(_RUNTIME)}


def _function_outputs(aws: Aws, name: str, made: dict[str, Any], package: bytes) -> dict[str, Any]:
    arn = aws.arn("lambda", f"function:{name}")
    qualified = f"{arn}:{made['Version']}"
    return {
        "arn": arn,
        "invokeArn": _invoke_arn(aws, arn),
        "qualifiedArn": qualified,
        "qualifiedInvokeArn": _invoke_arn(aws, qualified),
        "version": made["Version"],
        "lastModified": made["LastModified"],
        "sourceCodeSize": len(package),
        "codeSha256": base64.b64encode(hashlib.sha256(package).digest()).decode(),
    }


def _invoke_arn(aws: Aws, arn: str) -> str:
    return f"arn:aws:apigateway:{aws.stack.region}:lambda:path/2015-03-31/functions/{arn}/invocations"


def _function_name(name_or_arn: str) -> str:
    return name_or_arn.split(":function:")[-1].split(":")[0]


def _wait_until_active(aws: Aws, name: str) -> None:
    deadline = time.monotonic() + _ACTIVE_SECONDS
    while time.monotonic() < deadline:
        state = aws("lambda").get_function_configuration(FunctionName=name)
        if state.get("State", "Active") == "Active":
            return
        if state["State"] == "Failed":
            raise RegionFailure(f"the function {name} failed to start: {state.get('StateReason')}")
        time.sleep(0.05)
    raise RegionFailure(f"the function {name} did not become active within {_ACTIVE_SECONDS} s")
