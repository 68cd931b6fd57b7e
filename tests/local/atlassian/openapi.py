"""Checks answers against Atlassian's own specifications, if a checkout of them is next to the repository."""

import json
import re
from functools import cache
from pathlib import Path
from typing import Any

import jsonschema

SPECIFICATIONS = Path(__file__).resolve().parents[4] / "shared" / "openapi"
JIRA, CONFLUENCE_V2, CONFLUENCE_V1 = "jira-platform-v3.json", "confluence-v2.json", "confluence-v1.json"

# The services send null here (seen in recorded answers), although the specifications do not say so.
NULL_ALL_THE_SAME = {
    "ChangeDetails": ("from", "fromString", "to", "toString"),
    "PageBulk": ("parentId", "parentType"),
    "PageSingle": ("parentId", "parentType"),
    "SpaceBulk": ("description", "icon"),
    "SpaceSingle": ("description", "icon"),
}
# Bulk histories have times in milliseconds (seen in recorded answers); the specification says strings.
NUMBERS_ALL_THE_SAME = {"Changelog": ("created",)}


@cache
def specification(name: str) -> dict[str, Any]:
    """Return a specification as JSON Schema: `nullable` rewritten, and objects closed where Jira's are."""
    loaded: dict[str, Any] = json.loads((SPECIFICATIONS / name).read_text("utf-8"))
    schemas = loaded["components"]["schemas"]
    _spell_out(schemas)
    for kind, relaxed in (("null", NULL_ALL_THE_SAME), ("integer", NUMBERS_ALL_THE_SAME)):
        for schema, names in relaxed.items():
            for name in names:
                if schema in schemas and name in schemas[schema].get("properties", {}):
                    schemas[schema]["properties"][name] = {
                        "anyOf": [schemas[schema]["properties"][name], {"type": kind}]
                    }
    return loaded


def _spell_out(node: Any) -> None:
    """Rewrite `nullable` and required write-only fields, which JSON Schema does not know."""
    if isinstance(node, dict):
        if node.pop("nullable", False) and isinstance(node.get("type"), str):
            node["type"] = [node["type"], "null"]
            if "enum" in node:
                node["enum"] = [*node["enum"], None]
        for value in node.values():
            _spell_out(value)
    elif isinstance(node, list):
        for value in node:
            _spell_out(value)


def operation(name: str, method: str, path: str) -> dict[str, Any] | None:
    """Find the operation that a concrete path belongs to."""
    loaded = specification(name)
    prefix = "/wiki/api/v2" if name == CONFLUENCE_V2 else ""
    best = None
    for template, operations in loaded["paths"].items():
        pattern = re.sub(r"\\\{[^}]*\\\}", "[^/]+", re.escape(prefix + template))
        fixed = template.count("{")
        if re.fullmatch(pattern, path) and method.lower() in operations and (best is None or fixed < best[0]):
            best = (fixed, operations[method.lower()])
    return best[1] if best else None


def violations(name: str, method: str, path: str, status: int, body: Any) -> list[str]:
    """Return the violations of the specification in an answer; an unknown operation or status is one too."""
    found = operation(name, method, path)
    if found is None:
        return [f"{method} {path}: no such operation"]
    answer = found["responses"].get(str(status))
    if answer is None:
        return [f"{method} {path}: status {status} is not among {sorted(found['responses'])}"]
    schema = (answer.get("content", {}).get("application/json") or {}).get("schema")
    if not schema or body is None:
        return []
    whole = {**schema, "components": specification(name)["components"]}
    validator = jsonschema.Draft202012Validator(whole)
    return [
        f"{method} {path}: {'/'.join(str(part) for part in error.absolute_path)}: {error.message[:300]}"
        for error in validator.iter_errors(body)
    ]
