"""EventBridge in memory: buses, rules that match source and detail-type, and queues as targets.

https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_PutEvents.html
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

from tests.doubles.refusals import AwsError, NotDoubled, only
from tests.doubles.sqs import Sqs

#: Limit of one request of PutEvents, in bytes.
MAX_BYTES = 256 * 1024


@dataclass
class Rule:
    """A rule: the accepted values of each field of an event, and the ARNs of its targets."""

    pattern: dict[str, list[str]]
    targets: dict[str, str] = field(default_factory=dict)

    def matches(self, event: Mapping[str, Any]) -> bool:
        """Return whether the rule takes an event."""
        return all(event[name] in accepted for name, accepted in self.pattern.items())


class EventBridge:
    """The buses by name, each with its rules by name."""

    def __init__(self, region: str, account: str, sqs: Sqs) -> None:
        self._region, self._account, self._sqs = region, account, sqs
        self.buses: dict[str, dict[str, Rule]] = {"default": {}}

    def CreateEventBus(self, given: Mapping[str, Any]) -> dict[str, Any]:  # noqa: N802 - EventBridge's name
        """Create a bus."""
        only(given, ("Name",), "CreateEventBus")
        self.buses[given["Name"]] = {}
        return {"EventBusArn": self._arn(f"event-bus/{given['Name']}")}

    def PutRule(self, given: Mapping[str, Any]) -> dict[str, Any]:  # noqa: N802
        """Create a rule of a bus."""
        only(given, ("Name", "EventBusName", "EventPattern"), "PutRule")
        pattern = json.loads(given["EventPattern"])
        plain = all(isinstance(each, str) for accepted in pattern.values() for each in accepted)
        if not set(pattern) <= {"source", "detail-type"} or not plain:
            raise NotDoubled(f"the pattern {given['EventPattern']}")
        self._rules(given)[given["Name"]] = Rule(pattern)
        return {"RuleArn": self._arn(f"rule/{given['EventBusName']}/{given['Name']}")}

    def PutTargets(self, given: Mapping[str, Any]) -> dict[str, Any]:  # noqa: N802
        """Send the events of a rule to queues."""
        only(given, ("Rule", "EventBusName", "Targets"), "PutTargets")
        rule = self._rules(given)[given["Rule"]]
        for target in given["Targets"]:
            only(target, ("Id", "Arn"), "PutTargets")
            rule.targets[target["Id"]] = target["Arn"]
        return {"FailedEntryCount": 0, "FailedEntries": []}

    def PutEvents(self, given: Mapping[str, Any]) -> dict[str, Any]:  # noqa: N802
        """Send events to the queues of the rules that match; a queue that does not exist loses its copy."""
        only(given, ("Entries",), "PutEvents")
        size = sum(
            len(each.get("Detail", "").encode()) + len(each.get("DetailType", ""))
            for each in given["Entries"]
        )
        if size > MAX_BYTES:
            raise AwsError(
                "ValidationException", "Total size of the entries in the request is over the limit."
            )
        return {"FailedEntryCount": 0, "Entries": [self._publish(entry) for entry in given["Entries"]]}

    def _publish(self, entry: Mapping[str, Any]) -> dict[str, str]:
        only(entry, ("EventBusName", "Source", "DetailType", "Detail"), "PutEvents")
        detail = json.loads(entry["Detail"])
        event = {
            "version": "0",
            "id": str(uuid4()),
            "detail-type": str(entry["DetailType"]),
            "source": entry["Source"],
            "account": self._account,
            "time": datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
            "region": self._region,
            "resources": [],
            "detail": detail,
        }
        for rule in self._rules(entry).values():
            if rule.matches(event):
                for arn in rule.targets.values():
                    self._sqs.send_to(arn, json.dumps(event))
        return {"EventId": event["id"]}

    def _rules(self, given: Mapping[str, Any]) -> dict[str, Rule]:
        name = given.get("EventBusName", "default")
        if name not in self.buses:
            raise AwsError("ResourceNotFoundException", f"Event bus {name} does not exist.")
        return self.buses[name]

    def _arn(self, resource: str) -> str:
        return f"arn:aws:events:{self._region}:{self._account}:{resource}"
