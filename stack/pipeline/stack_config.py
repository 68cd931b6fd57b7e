"""Reads and validates the stack's configuration; each error names the setting, the rule and the command to fix it."""

import difflib
from typing import Any, cast

import pulumi
from pulumi.runtime import is_config_secret
from pulumi.runtime.config import CONFIG, get_config_env

from .args import DocumentationPipelineArgs
from .jira_webhook import ADMIN_EMAIL, ADMIN_TOKEN
from .setting_schema import (
    BY_FIELD,
    BY_KEY,
    SETTINGS,
    Setting,
    default_prefix,
    find_conflict,
    suggested_prefix,
)
from .setting_types import InvalidValue

_PROGRAM = "kinexus"
_REMOVED = {"jiraAdminEmail": ADMIN_EMAIL, "jiraAdminToken": ADMIN_TOKEN}


class InvalidConfiguration(pulumi.RunError):
    """A setting is missing, invalid or unknown; the message names its key, the rule and the command to fix it.

    Pulumi prints the message of a RunError alone, without a traceback.
    """


def read_pipeline_args(config: pulumi.Config, stack: str) -> DocumentationPipelineArgs:
    """Read DocumentationPipeline's arguments from the configuration; those that are not set are left out.

    Raises InvalidConfiguration for the first setting that is missing, invalid or unknown.
    """
    reader = _Reader(config)
    reader.reject_unknown()
    prefix = (config.get("namePrefix") or "").strip() or default_prefix(_PROGRAM, stack)
    given = {
        setting.field: reader.value(setting)
        for setting in SETTINGS
        if setting.field != "name_prefix" and reader.wants(setting)
    }
    given["name_prefix"] = reader.checked(BY_FIELD["name_prefix"], prefix, suggested_prefix(_PROGRAM, stack))
    conflict = find_conflict(given, stack)
    if conflict is not None:
        field, problem, right = conflict
        raise reader.error(BY_FIELD[field], problem, right)
    return cast(DocumentationPipelineArgs, given)


class _Reader:
    """Reads the settings of one namespace."""

    def __init__(self, config: pulumi.Config) -> None:
        self._config = config

    def reject_unknown(self) -> None:
        """Raise InvalidConfiguration for a key that is not a setting; a mistyped key would have no effect."""
        for key in sorted(self._keys()):
            full_key = self._config.full_key(key)
            if key in _REMOVED:
                # Pulumi passes the whole configuration to providers, and stores it in the state.
                raise InvalidConfiguration(
                    f"The setting {full_key} is not allowed, because it would be stored in the stack's state. "
                    f"Remove it with: pulumi config rm {key}, and set {_REMOVED[key]} in the environment instead"
                )
            if key not in BY_KEY:
                near = _nearest(key)
                meant = f"; did you mean {near}? Set that one, and remove" if near else ". Remove"
                raise InvalidConfiguration(
                    f"There is no setting {full_key}{meant} {key} with: pulumi config rm {key}"
                )

    def wants(self, setting: Setting) -> bool:
        """Return whether a setting is set and not blank, or is required."""
        return bool(self._text(setting)) or setting.required

    def value(self, setting: Setting) -> Any:
        """Read and validate a setting; a secret must be stored encrypted, and is returned as a secret output."""
        if not self._text(setting):
            raise self.error(setting, "is not set", setting.rule.example)
        if not setting.is_secret:
            return self.checked(setting, self._text(setting))
        if not is_config_secret(self._config.full_key(setting.key)):
            raise self.error(setting, "is stored in plain text, but must be a secret", setting.rule.example)
        return pulumi.Output.secret(self.checked(setting, self._text(setting)))

    def checked(self, setting: Setting, value: str, example: str = "") -> Any:
        """Validate a value by its setting's rule, and return it in normal form; `example` is a valid value."""
        try:
            return setting.rule.checked(value)
        except InvalidValue as error:
            raise self.error(setting, str(error), example or setting.rule.example) from error

    def error(self, setting: Setting, problem: str, example: str) -> InvalidConfiguration:
        """Return the error with key, problem and remedy."""
        option = "--secret " if setting.is_secret else ""
        return InvalidConfiguration(
            f"The setting {self._config.full_key(setting.key)} {problem}. "
            f"Set it with: pulumi config set {option}{setting.key} {example}"
        )

    def _keys(self) -> set[str]:
        """Return the keys of the namespace, whether from the stack's file, the project file or an ESC environment."""
        start = self._config.full_key("")
        return {
            key.removeprefix(start) for key in {*CONFIG.get(), *get_config_env()} if key.startswith(start)
        }

    def _text(self, setting: Setting) -> str:
        return (self._config.get(setting.key) or "").strip()


def _nearest(key: str) -> str:
    """Return the setting that a mistyped key most likely means, ignoring case; empty if there is none."""
    by_lower = {known.lower(): known for known in BY_KEY}
    near = difflib.get_close_matches(key.lower().replace("_", "").replace("-", ""), by_lower, 1)
    return by_lower[near[0]] if near else ""
