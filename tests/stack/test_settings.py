"""Each setting is defined once, in stack/pipeline/setting_schema.py; everything that repeats a part of it matches.

Not proven: that a handler uses what it declares. Pulumi's own checks are made like by its CLI:
Not proven: that a handler uses what it declares. Pulumi's own checks are made like by its CLI:
https://www.pulumi.com/docs/iac/concepts/config/#project-level-configuration
"""

import dataclasses
import importlib
import json
import re
from collections.abc import Mapping
from typing import Any, get_type_hints

import pulumi
import pytest
import yaml

from ops import deployed_stack
from stack import docs_generator, plugin
from stack.pipeline import stack_config as pipeline_config
from stack.pipeline.functions import FUNCTIONS
from stack.pipeline.preflight_provider import TOKEN_KEY
from stack.pipeline.setting_schema import BY_FIELD, BY_KEY, DEFAULTS, SETTINGS, Setting
from stack.pipeline.setting_types import CommaSeparated, InvalidValue, ObjectOf, Text
from stack.testing import run_program
from tests.stack.pipeline_run import ROOT, SECRETS, settings_of

PULUMI_TYPES = {str: "string", int: "integer", bool: "boolean", dict: "object"}
PROJECT: Mapping[str, Mapping[str, Any]] = yaml.safe_load((ROOT / "Pulumi.yaml").read_text())["config"]
PUBLISHED = json.loads(plugin.KinexusProvider().schema or "")["resources"][
    "kinexus:index:DocumentationPipeline"
]


def camel_case(field: str) -> str:
    first, *rest = field.split("_")
    return first + "".join(word.capitalize() for word in rest)


def argument_text(setting: Setting) -> str:
    """Return a setting's description as an argument: other settings in it are named by their arguments."""
    text = setting.description
    if setting.is_secret:
        text += " A secret."
    if not setting.required:
        text += f" Default: {setting.shown_default}."
    return re.sub(r"`(\w+)`", lambda m: f"`{BY_KEY[m[1]].field}`" if m[1] in BY_KEY else m[0], text)


def handed_over(stack_config: Mapping[str, Any], secrets: Mapping[str, str]) -> dict[str, Any]:
    """Validate and complete a stack's configuration by Pulumi.yaml, as the CLI does before a program runs."""
    found = {**stack_config, **{f"kinexus:{key}": value for key, value in secrets.items()}}
    for key, declared in PROJECT.items():
        if f"kinexus:{key}" not in found and "default" not in declared:
            raise LookupError(f"missing configuration value {key}")
        value = str(found.setdefault(f"kinexus:{key}", declared.get("default")))
        assert declared["type"] != "integer" or value.isdigit()
        assert declared["type"] != "boolean" or value.lower() in ("true", "false")
        assert not declared.get("secret") or key in secrets
    return found


def test_names_are_unique() -> None:
    variables = [setting.variable for setting in SETTINGS if setting.variable]
    assert len(BY_FIELD) == len(BY_KEY) == len(SETTINGS)
    assert len(set(variables)) == len(variables)
    assert all(bool(setting.variable) is bool(setting.functions) for setting in SETTINGS)


@pytest.mark.parametrize("setting", SETTINGS, ids=lambda setting: setting.key)
def test_a_setting_is_required_or_documents_its_default(setting: Setting) -> None:
    if setting.required:
        assert (setting.default, setting.same_as, setting.default_text) == (None, "", "")
    elif setting.same_as:
        assert BY_KEY[setting.same_as].required
    else:
        assert setting.default not in (None, "") or setting.default_text


def test_defaults_obey_the_rules() -> None:
    broken = [
        field
        for field, value in DEFAULTS.items()
        if value != "" and BY_FIELD[field].rule.checked(value) != value
    ]
    assert broken == []


@pytest.mark.parametrize("setting", SETTINGS, ids=lambda setting: setting.key)
def test_the_argument_matches_its_setting(setting: Setting) -> None:
    """If not, copy the definition's text into stack/pipeline/args.py, then write schema and pages again."""
    published = PUBLISHED["inputProperties"][camel_case(setting.field)]
    assert published["type"] == PULUMI_TYPES[setting.rule.python_type]
    assert " ".join(published["description"].split()) == argument_text(setting)
    assert (camel_case(setting.field) in PUBLISHED["requiredInputs"]) is setting.required


def test_every_argument_has_a_setting() -> None:
    assert set(PUBLISHED["inputProperties"]) == {camel_case(setting.field) for setting in SETTINGS}


def test_the_project_declares_required_and_constant_settings() -> None:
    """A key that is declared without a default has to be set in every stack."""
    expected: dict[str, dict[str, Any]] = {}
    for setting in SETTINGS:
        if setting.required or setting.default not in (None, ""):
            expected[setting.key] = {"type": PULUMI_TYPES[setting.rule.python_type]}
            expected[setting.key] |= {"secret": True} if setting.is_secret else {}
            expected[setting.key] |= {} if setting.required else {"default": setting.default}
    assert expected == PROJECT


@pytest.mark.parametrize("stack", ["dev", "prod"])
def test_a_stack_needs_only_its_file_and_three_secrets(stack: str) -> None:
    config = handed_over(settings_of(stack), SECRETS)
    run_program(
        lambda: pipeline_config.read_pipeline_args(pulumi.Config("kinexus"), stack),
        project="kinexus", stack=stack, config=config, secret_keys=tuple(SECRETS),
    )  # fmt: skip
    for key in ("jiraApiToken", "linkKey"):
        with pytest.raises(LookupError, match=key):
            handed_over(settings_of(stack), {name: value for name, value in SECRETS.items() if name != key})


def may_be_empty(setting: Setting) -> bool:
    try:
        return bool(setting.rule.checked("") == "")
    except InvalidValue:
        return False


@pytest.mark.parametrize(
    ("where", "declared", "functions"),
    [
        *((f"handlers.{shape.package}.settings", "Settings", (shape.name,)) for shape in FUNCTIONS),
        (deployed_stack.__name__, "Settings", deployed_stack.FUNCTIONS),
    ],
)
def test_handlers_declare_each_variable_with_its_type(
    where: str, declared: str, functions: tuple[str, ...]
) -> None:
    found = getattr(importlib.import_module(where), declared)
    hints = get_type_hints(found)
    given = {setting.variable: setting for setting in SETTINGS if set(setting.functions) & set(functions)}
    resources = {name for shape in FUNCTIONS if shape.name in functions for name in shape.resources}
    for field in dataclasses.fields(found):
        setting = given.get(field.name.upper())
        if setting is None:
            assert field.name.upper() in resources
            continue
        is_list = isinstance(setting.rule, CommaSeparated)
        assert hints[field.name] == (tuple[str, ...] if is_list else setting.rule.python_type)
        if isinstance(setting.rule, Text):
            assert (field.default == "") is may_be_empty(setting), field.name


def test_settings_name_only_functions_of_the_pipeline() -> None:
    names = {shape.name for shape in FUNCTIONS}
    assert {name for setting in SETTINGS for name in setting.functions} == names
    reserved = BY_FIELD["reserved_concurrency"].rule
    assert isinstance(reserved, ObjectOf)
    assert set(reserved.names) == names


def test_the_documentation_lists_every_setting() -> None:
    """If it does not: `make docs`."""
    page = docs_generator.CONFIGURATION.read_text()
    assert docs_generator.with_settings(page) == page


COMMAND = re.compile(r"pulumi config (?:set|get|rm) (?:--secret )?(?:kinexus:)?([a-z]\w+)(?![\w:-])")
TEXTS = sorted(
    path
    for pattern in ("*.md", "Pulumi.*.yaml", "docs/**/*.md", *(f"{room}/**/*.py" for room in ("ops", "preflight", "stack")))
    for path in ROOT.glob(pattern)
)  # fmt: skip


def test_every_config_command_names_a_setting() -> None:
    named = {
        (path.relative_to(ROOT).as_posix(), key)
        for path in TEXTS
        for key in COMMAND.findall(path.read_text())
    }
    assert len(named) > 10
    assert {each for each in named if each[1] not in BY_KEY} == set()
    assert BY_FIELD["jira_api_token"].key == TOKEN_KEY
