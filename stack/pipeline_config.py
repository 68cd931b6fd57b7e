"""Reads and checks the stack's configuration in one place, and says how to repair what is wrong with it."""

from typing import Any, cast

import pulumi
from pulumi.runtime import is_config_secret

from stack.jira_webhook import ADMIN_EMAIL, ADMIN_TOKEN
from stack.pipeline_args import DocumentationPipelineArgs
from stack.pipeline_rules import RULES, at_odds, default_prefix
from stack.setting_rules import BrokenRule, Rule, Secret

_KEYS = {"webhook_secrets": "webhookSecret"}
_PROGRAM = "kinexus"
_REMOVED = {"jiraAdminEmail": ADMIN_EMAIL, "jiraAdminToken": ADMIN_TOKEN}


class InvalidConfiguration(Exception):
    """A setting is missing or malformed; the message names its key, the rule and the command to set it."""


def read(config: pulumi.Config, stack: str) -> DocumentationPipelineArgs:
    """Read everything the pipeline wants to know; what nobody set is left to the component's defaults.

    Raises InvalidConfiguration for the first setting that is amiss.
    """
    reader = _Reader(config)
    for key, variable in _REMOVED.items():
        reader.refuse_removed(key, variable)
    given = {field: reader.value(field, rule) for field, rule in RULES.items() if reader.wants(field)}
    prefix = given.get("name_prefix", default_prefix(_PROGRAM, stack))
    given["name_prefix"] = reader.checked("name_prefix", prefix)
    odd = at_odds(given, stack)
    if odd is not None:
        raise reader.error(*odd)
    return cast(DocumentationPipelineArgs, given)


def key_of(field: str) -> str:
    """Return the key of the setting that becomes an argument."""
    first, *rest = field.split("_")
    return _KEYS.get(field, first + "".join(word.capitalize() for word in rest))


class _Reader:
    """Reads settings of one namespace, named as the arguments that they become."""

    def __init__(self, config: pulumi.Config) -> None:
        self._config = config

    def wants(self, field: str) -> bool:
        """Tell whether a setting is there and not blank, or has to be."""
        return bool(self._text(field)) or field in DocumentationPipelineArgs.__required_keys__

    def value(self, field: str, rule: Rule) -> Any:
        """Read a setting; one that is a secret must be kept encrypted, and stays a secret."""
        if not self._text(field):
            raise self.error(field, "is not set", rule.example)
        if not isinstance(rule, Secret):
            return self.checked(field, self._text(field))
        if not is_config_secret(self._config.full_key(key_of(field))):
            raise self.error(field, "is kept in plain text", rule.example)
        return pulumi.Output.secret(self.checked(field, self._text(field)))

    def checked(self, field: str, value: str) -> Any:
        """Hold a setting against its rule."""
        rule = RULES[field]
        try:
            return rule.checked(value)
        except BrokenRule as broken:
            raise self.error(field, str(broken), rule.example) from broken

    def refuse_removed(self, key: str, variable: str) -> None:
        """Refuse a setting of the administrator: Pulumi hands all of them to providers, and so to the state."""
        if self._config.get(key) is not None:
            raise InvalidConfiguration(
                f"The setting {self._config.full_key(key)} would get into the stack's state. "
                f"Remove it with: pulumi config rm {key}, and set {variable} in the environment instead"
            )

    def error(self, field: str, problem: str, example: str) -> InvalidConfiguration:
        """Make the error that names key, problem and remedy."""
        key, option = key_of(field), "--secret " if isinstance(RULES[field], Secret) else ""
        return InvalidConfiguration(
            f"The setting {self._config.full_key(key)} {problem}. "
            f"Set it with: pulumi config set {option}{key} {example}"
        )

    def _text(self, field: str) -> str:
        return (self._config.get(key_of(field)) or "").strip()
