"""The examples in YAML and TypeScript use only components, fields and outputs of the published schema.

Node runs the TypeScript example with stand-ins that record its requests (it has no types to strip); without Node it is
skipped. The SDK that the Pulumi CLI generates, and its types, are in tests/engine.
"""

import json
import re
import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml

from stack.plugin import KinexusProvider
from tests.examples.example_run import EXAMPLES, ROOT

RECORDER = """
const made = [];
process.on("exit", () => console.log(JSON.stringify(made)));
const handler = { get: (_, type) => type === "__esModule" ? true : class {
  constructor(name, args) { made.push({ type, name, args });
    return new Proxy({}, { get: (_, output) => { made.push({ type, output }); return output; } }); } } };
module.exports = new Proxy({}, handler);
"""


def schema() -> dict[str, Any]:
    found: dict[str, Any] = json.loads(KinexusProvider().schema or "")
    return found


def problems(component: str, given: Mapping[str, Any]) -> list[str]:
    """List unknown fields, missing required fields, and objects with such problems inside."""
    return _problems(
        schema()["resources"][f"kinexus:index:{component}"], "inputProperties", "requiredInputs", given
    )


def _problems(shape: Mapping[str, Any], fields: str, required: str, given: Mapping[str, Any]) -> list[str]:
    found = [f"{name} is missing" for name in shape.get(required, []) if name not in given]
    for name, value in given.items():
        if name not in shape[fields]:
            found.append(f"{name} is unknown")
            continue
        field = shape[fields][name]
        reference = field.get("items", field).get("$ref", "").removeprefix("#/types/")
        described = schema()["types"].get(reference, {})
        for each in value if isinstance(value, list) else [value]:
            if isinstance(each, Mapping) and "properties" in described:
                found += _problems(described, "properties", "required", each)
    return found


def test_yaml_matches_the_schema() -> None:
    program = yaml.safe_load((EXAMPLES / "yaml" / "Pulumi.yaml").read_text())
    types = {name: one["type"].removeprefix("kinexus:") for name, one in program["resources"].items()}
    assert sorted(types.values()) == ["PythonFunction", "RecordTable"]
    for name, one in program["resources"].items():
        assert problems(types[name], one["properties"]) == []
    references = re.findall(r"\$\{(\w+)\.(\w+)\}", json.dumps(program))
    assert len(references) == 3
    for name, output in references:
        assert output in schema()["resources"][f"kinexus:index:{types[name]}"]["properties"]


def test_yaml_names_an_existing_handler() -> None:
    program = yaml.safe_load((EXAMPLES / "yaml" / "Pulumi.yaml").read_text())
    given = program["resources"]["export"]["properties"]
    module = given["handler"].rsplit(".", 1)[0].replace(".", "/") + ".py"
    assert (EXAMPLES / "yaml" / given["sourceRoot"] / module).is_file()


def test_the_checks_find_mistakes() -> None:
    assert problems("RecordTable", {"hashKey": "id", "tablename": "x"}) == [
        "tablename is unknown",
    ]
    index = [{"name": "i", "hash": "x"}]
    assert problems("RecordTable", {"hashKey": "id", "tableName": "x", "indexes": index}) == [
        "hashKey is missing",
        "hash is unknown",
    ]


@pytest.mark.skipif(shutil.which("node") is None, reason="needs Node")
def test_typescript_matches_the_schema(tmp_path: Path) -> None:
    for package in ("kinexus", "pulumi"):
        folder = tmp_path / "node_modules" / "@pulumi" / package
        folder.mkdir(parents=True)
        (folder / "index.cjs").write_text(
            RECORDER
            if package == "kinexus"
            else "exports.Config = class { requireSecret() { return 'x'; } };"
        )
        (folder / "package.json").write_text('{"main": "index.cjs"}')
    program = (EXAMPLES / "typescript" / "index.ts").read_text()
    # The named imports from the recorder cannot be listed in advance, so it is loaded as a whole.
    program = re.sub(r'import \* as (\w+) from ("[^"]+");', r"import \1 from \2;", program)
    (tmp_path / "index.mjs").write_text(program)

    done = subprocess.run(["node", "index.mjs"], cwd=tmp_path, capture_output=True, text=True, check=True)

    recorded = json.loads(done.stdout)
    made = {each["type"]: each["args"] for each in recorded if "args" in each}
    assert sorted(made) == ["EventBus", "SecretBundle"]
    for component, args in made.items():
        assert problems(component, args) == []
    read = [(each["type"], each["output"]) for each in recorded if "output" in each]
    assert read == [("EventBus", "busName"), ("SecretBundle", "secretArn")]
    for component, output in read:
        assert output in schema()["resources"][f"kinexus:index:{component}"]["properties"]


@pytest.mark.parametrize("language", ["yaml", "typescript"])
def test_the_named_plugin_exists(language: str) -> None:
    program = yaml.safe_load((EXAMPLES / language / "Pulumi.yaml").read_text())
    path = (EXAMPLES / language / program["packages"]["kinexus"]).resolve()
    assert path == ROOT / "provider"
    assert (path / "PulumiPlugin.yaml").is_file()
