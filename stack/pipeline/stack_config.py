"""Reads and checks the stack's configuration in one place, and says how to repair what is wrong with it."""

import difflib
from typing import Any, cast

import pulumi
from pulumi.runtime import is_config_secret
from pulumi.runtime.config import CONFIG, get_config_env

from .args import DocumentationPipelineArgs
from .jira_webhook import ADMIN_EMAIL, ADMIN_TOKEN
from .setting_schema import BY_FIELD, BY_KEY, SETTINGS, Setting, default_prefix, find_conflict
from .setting_types import InvalidValue

_PROGRAM = "kinexus"
_REMOVED = {"jiraAdminEmail": ADMIN_EMAIL, "jiraAdminToken": ADMIN_TOKEN}


class InvalidConfiguration(Exception):
    """A setting is missing, malformed or unknown; the message names its key, the rule and the command to set it."""


def read_pipeline_args(config: pulumi.Config, stack: str) -> DocumentationPipelineArgs:
    """Read everything the pipeline wants to know; what is not set is left to the component's defaults.

    Raises InvalidConfiguration for the first setting that is missing, malformed or unknown.
    """
    reader = _Reader(config)
    reader.refuse_unknown()
    given = {setting.field: reader.value(setting) for setting in SETTINGS if reader.wants(setting)}
    prefix = given.get("name_prefix", default_prefix(_PROGRAM, stack))
    given["name_prefix"] = reader.checked(BY_FIELD["name_prefix"], prefix)
    odd = find_conflict(given, stack)
    if odd is not None:
        field, problem, right = odd
        raise reader.error(BY_FIELD[field], problem, right)
    return cast(DocumentationPipelineArgs, given)


class _Reader:
    """Reads the settings of one namespace."""

    def __init__(self, config: pulumi.Config) -> None:
        self._config = config

    def refuse_unknown(self) -> None:
        """Refuse a key that is no setting: a mistyped one would be as if it were not set."""
        for key in sorted(self._keys()):
            full_key = self._config.full_key(key)
            if key in _REMOVED:
                # Pulumi hands the whole configuration to providers, and so to the state.
                raise InvalidConfiguration(
                    f"The setting {full_key} would get into the stack's state. "
                    f"Remove it with: pulumi config rm {key}, and set {_REMOVED[key]} in the environment instead"
                )
            if key not in BY_KEY:
                near = _nearest(key)
                meant = f"; did you mean {near}? Set that one, and remove" if near else ". Remove"
                raise InvalidConfiguration(
                    f"There is no setting {full_key}{meant} {key} with: pulumi config rm {key}"
                )

    def wants(self, setting: Setting) -> bool:
        """Tell whether a setting is there and not blank, or has to be."""
        return bool(self._text(setting)) or setting.required

    def value(self, setting: Setting) -> Any:
        """Read a setting; one that is a secret must be kept encrypted, and stays a secret."""
        if not self._text(setting):
            raise self.error(setting, "is not set", setting.rule.example)
        if not setting.is_secret:
            return self.checked(setting, self._text(setting))
        if not is_config_secret(self._config.full_key(setting.key)):
            raise self.error(setting, "is kept in plain text", setting.rule.example)
        return pulumi.Output.secret(self.checked(setting, self._text(setting)))

    def checked(self, setting: Setting, value: str) -> Any:
        """Hold a value against its setting's rule."""
        try:
            return setting.rule.checked(value)
        except InvalidValue as broken:
            raise self.error(setting, str(broken), setting.rule.example) from broken

    def error(self, setting: Setting, problem: str, example: str) -> InvalidConfiguration:
        """Make the error that names key, problem and remedy."""
        option = "--secret " if setting.is_secret else ""
        return InvalidConfiguration(
            f"The setting {self._config.full_key(setting.key)} {problem}. "
            f"Set it with: pulumi config set {option}{setting.key} {example}"
        )

    def _keys(self) -> set[str]:
        """List the keys of the namespace, from the stack's file, the project's and an ESC environment alike."""
        start = self._config.full_key("")
        return {
            key.removeprefix(start) for key in {*CONFIG.get(), *get_config_env()} if key.startswith(start)
        }

    def _text(self, setting: Setting) -> str:
        return (self._config.get(setting.key) or "").strip()


def _nearest(key: str) -> str:
    """Find the setting that a mistyped key most likely means, whatever its case; empty for none."""
    by_lower = {known.lower(): known for known in BY_KEY}
    near = difflib.get_close_matches(key.lower().replace("_", "").replace("-", ""), by_lower, 1)
    return by_lower[near[0]] if near else ""
