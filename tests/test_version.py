"""The version is the same everywhere it is written."""

import json
import tomllib
from pathlib import Path

import yaml

from stack.plugin import VERSION

ROOT = Path(__file__).resolve().parents[1]


def test_package_plugin_schema_and_openapi_have_one_version() -> None:
    assert {
        "pyproject.toml": tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["version"],
        "provider/schema.json": json.loads((ROOT / "provider" / "schema.json").read_text())["version"],
        "docs/openapi.yaml": yaml.safe_load((ROOT / "docs" / "openapi.yaml").read_text())["info"]["version"],
    } == dict.fromkeys(("pyproject.toml", "provider/schema.json", "docs/openapi.yaml"), VERSION)
