"""Reads the state of the pipeline in a local region; asked often, it reads at most once a second."""

import json
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from local.atlassian.pipeline_watch import Detail, Step, Watched
from local.bedrock.standin import Exchange
from local.change_progress import scan_table
from local.error_logs import events_logged
from local.watch.log_steps import LogStep, log_step
from local.watch.queues import dead_letters, queue_states

_SECONDS = 0.8
"""How long a state is returned again."""
_LATE = 30.0
"""Seconds by which a line may be overtaken by a later one of another invocation."""
_CHOOSE = "choose_page"
"""The tool with which the model selects a page."""
Record = Mapping[str, Any]


@dataclass
class RegionWatch:
    """The pipeline of a region: `client` returns boto3 clients, `outputs` are the stack's, `exchanges` the model's."""

    client: Callable[[str], Any]
    outputs: Mapping[str, Any]
    exchanges: Callable[[], Iterable[Exchange]]
    _lines: list[LogStep] = field(default_factory=list)
    _seen: dict[str, tuple[float, set[tuple[int, str]]]] = field(default_factory=dict)
    _received: dict[str, Mapping[str, str]] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _state: Watched | None = None
    _until: float = 0.0

    def __call__(self) -> Watched:
        """Return the state; it may be a second old."""
        with self._lock:
            if self._state is None or time.monotonic() > self._until:
                self._read_logs()
                self._state = self._joined()
                self._until = time.monotonic() + _SECONDS
            return self._state

    def _read_logs(self) -> None:
        for function, group in self.outputs["logGroups"].items():
            since, seen = self._seen.get(function, (0.0, set()))
            for event in events_logged(self.client, group, max(0.0, since - _LATE)):
                key = (int(event["timestamp"]), str(event["message"]))
                if key in seen:
                    continue
                seen.add(key)
                since = max(since, key[0] / 1000)
                if step := log_step(function, event):
                    self._lines.append(self._with_ids(step))
            begins = (since - _LATE) * 1000
            self._seen[function] = (since, {each for each in seen if each[0] >= begins})

    def _with_ids(self, step: LogStep) -> LogStep:
        """Give a line without ids those of the event that its invocation received last."""
        if step.name == "event.received":
            self._received[step.request] = step.ids
        return step if step.ids else replace(step, ids=self._received.get(step.request, {}))

    def _joined(self) -> Watched:
        records = _Records(
            [*scan_table(self.client, self.outputs["changesTable"])],
            [
                each
                for each in scan_table(self.client, self.outputs["documentsTable"])
                if "issue_keys" in each
            ],
        )
        exchanges = tuple(self.exchanges())
        ends = dict(records.ends(self._lines))
        steps = [
            *(ends.get(line) or _step(line, records) for line in self._lines),
            *records.considered(self._lines, exchanges),
            *_asked(exchanges),
        ]
        return Watched(
            tuple(sorted(steps, key=lambda step: step.at)),
            queue_states(self.client, self.outputs["queueUrls"]),
            dead_letters(self.client, self.outputs["deadLetterQueueUrls"]),
            records.related(),
        )


@dataclass(frozen=True)
class _Records:
    """The records of changes and documents."""

    changes: list[Record]
    documents: list[Record]

    def ticket(self, ids: Mapping[str, str]) -> str:
        """Return the key of the ticket that a log line is about, empty when it names none."""
        if key := ids.get("issue_key") or ids.get("issue"):
            return key
        for change in self.changes:
            if change["change_id"] == ids.get("change_id"):
                return str(change.get("issue_key", ""))
        for document in self.documents:
            if document["document_id"] == ids.get("document_id"):
                return str(next(iter(document["issue_keys"]), ""))
        return ""

    def related(self) -> dict[str, frozenset[str]]:
        """Return for each ticket the tickets of the documents that it is part of: its reviews, a review's sources."""
        found: dict[str, set[str]] = {}
        for document in self.documents:
            keys = {*map(str, document["issue_keys"]), str(document.get("review_issue_key", ""))} - {""}
            for key in keys:
                found.setdefault(key, set()).update(keys)
        return {key: frozenset(keys) for key, keys in found.items()}

    def considered(self, lines: list[LogStep], exchanges: Iterable[Exchange]) -> Iterator[Step]:
        """Yield a step for each page selection: what was selected and why, and the pages it was chosen from."""
        for change in self.changes:
            if not change.get("choice"):
                continue
            ticket, received = str(change.get("issue_key", "")), "event.received"
            line = _newest(lines, received, change_id=str(change["change_id"]))
            asked = [
                each.at for each in exchanges if each.call.tool == _CHOOSE and ticket in each.call.tickets
            ]
            at = asked[-1] if asked else line.at if line else datetime.now(UTC)
            for target in json.loads(str(change["choice"]))["targets"]:
                selection = target["choice"]
                pages = [*map(_candidate, selection["candidates"])]
                details = (Detail(f"{len(pages)} pages considered", "\n".join(pages)),) if pages else ()
                text = f"{_target(target)}, by {selection['decided_by']}: {selection['reason']}"
                yield Step(at + timedelta(milliseconds=1), ticket, "page", text, details)

    def ends(self, lines: list[LogStep]) -> Iterator[tuple[LogStep, Step]]:
        """Yield for each document the log lines of its decision and its publication, and what to show instead."""
        for document in self.documents:
            ticket = str(next(iter(document["issue_keys"]), ""))
            ids = {"document_id": str(document["document_id"])}
            decision, publication = document.get("decision"), document.get("publication")
            if decision and (line := _newest(lines, "decision.recorded", **ids)):
                feedback = f": {decision['feedback']}" if decision.get("feedback") else ""
                text = f"{decision['author_name']}: {decision['verdict']}{feedback}"
                yield line, Step(line.at, ticket, "decision", text)
            if publication and (line := _newest(lines, "document.ended", **ids)):
                text = f"“{publication['title']}” version {publication['version']}: {publication['url']}"
                yield line, Step(line.at, ticket, "publication", text)


def _newest(lines: list[LogStep], name: str, **ids: str) -> LogStep | None:
    """Return the newest log line of a name with these ids."""
    return next(
        (each for each in reversed(lines) if each.name == name and ids.items() <= each.ids.items()), None
    )


def _step(line: LogStep, records: _Records) -> Step:
    return Step(line.at, records.ticket(line.ids), line.kind, line.text)


def _target(target: Mapping[str, Any]) -> str:
    """Name what was selected: a page, a new page, or none."""
    if not target["kind"]:
        return "no page"
    return f"{'new page' if target['kind'] == 'create' else 'page'} “{target['title']}”"


def _candidate(page: Mapping[str, Any]) -> str:
    why = page.get("left_out") or page.get("why") or ""
    return f"{float(page.get('score') or 0):.2f}  {page.get('title', '')}{f' ({why})' if why else ''}"


def _asked(exchanges: Iterable[Exchange]) -> Iterator[Step]:
    """Yield a step for each model call, with its prompt and answer, for each of its tickets."""
    for each in exchanges:
        kind = "page" if each.call.tool == _CHOOSE else "draft"
        text = (
            f"the model answered {each.call.tool or 'without a tool'} "
            f"({each.call.input_tokens} tokens read, {each.call.output_tokens} written)"
        )
        details = (Detail("Prompt", each.prompt), Detail("Answer", each.answer))
        for key in each.call.tickets or ("",):
            yield Step(each.at, key, kind, text, details)
