"""Lints policies with parliament: misspelt actions, and actions on resources to which they do not apply.

Needs the package parliament, which this package does not install: `pip install parliament "setuptools<82"`.
https://github.com/duo-labs/parliament
"""

import json
import re
import warnings
from collections.abc import Iterator, Mapping
from typing import Any

from .graph import Graph
from .policies import element_values, policy_documents, statements

_STREAM_TIME = r"(/stream/\d{4}-\d\d-\d\dT\d\d):(\d\d):(\d\d)"
"""The time in the ARN of a table's stream: parliament takes its colons for separators of the ARN."""


def policy_faults(graph: Graph, reasons: Mapping[tuple[str, str], str] | None = None) -> list[str]:
    """List what parliament finds in the policies, e.g. an unknown action, or an action on a wrong resource.

    `reasons` maps parliament's issue and an action, as in a finding, to the reason why it is no fault:
    `{("RESOURCE_MISMATCH", "bedrock:InvokeModel"): "parliament asks for every kind of resource"}`. A reason that is not
    needed is a finding too. Raises ImportError without parliament.
    """
    given = {key for key, reason in (reasons or {}).items() if reason.strip()}
    needed = set()
    findings = []
    for name, document in policy_documents(graph).items():
        if name.endswith(".assumeRolePolicy"):
            continue  # parliament reads trust policies as identity policies
        for issue, action, detail in _findings(document):
            needed.add((issue, action))
            if (issue, action) not in given:
                findings.append(f"{name}: {action}: {issue} {detail}".rstrip())
    unneeded = set(reasons or {}) - needed
    return sorted(
        {*findings, *(f"the reason for {issue} of {action} excuses nothing" for issue, action in unneeded)}
    )


def _findings(document: Mapping[str, Any]) -> Iterator[tuple[str, str, str]]:
    """Yield issue, action and detail of each finding; each action is linted alone, so that the finding names it."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import parliament
    for statement in statements(document):
        actions = element_values(statement.get("Action")) or [""]
        for action in actions:
            alone = {**statement, "Action": action} if action else dict(statement)
            text = json.dumps({"Version": document.get("Version", "2012-10-17"), "Statement": [alone]})
            text = re.sub(_STREAM_TIME, r"\1-\2-\3", text)
            for finding in parliament.analyze_policy_string(text).findings:
                yield finding.issue, action, json.dumps(finding.detail, default=str) if finding.detail else ""
