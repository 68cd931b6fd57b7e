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
_ORDER = (
    "change",
    "event ChangeDetected published",
    "event ChangeDetected received",
    "page candidate",
    "page the model",
    "page",
    "draft the model",
    "draft",
    "event DocumentGenerated published",
    "event DocumentGenerated received",
    "review",
    "event ReviewCompleted published",
    "event ReviewCompleted received",
    "decision",
    "publication",
    "event RevisionRequested published",
    "event RevisionRequested received",
    "event",
    "problem",
)
"""How steps begin that follow each other in the pipeline."""
Record = Mapping[str, Any]
Noticed = Callable[[str], datetime]


@dataclass
class RegionWatch:
    """The pipeline of a region: `client` returns boto3 clients, `outputs` are the stack's, `exchanges` the model's."""

    client: Callable[[str], Any]
    outputs: Mapping[str, Any]
    exchanges: Callable[[], Iterable[Exchange]]
    _lines: list[LogStep] = field(default_factory=list)
    _seen: dict[str, tuple[float, set[tuple[int, str]]]] = field(default_factory=dict)
    _received: dict[str, Mapping[str, str]] = field(default_factory=dict)
    _first_seen: dict[str, datetime] = field(default_factory=dict)
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

    def _noticed(self, what: str) -> datetime:
        """Return when something was first seen in a record, for what the logs do not tell yet."""
        return self._first_seen.setdefault(what, datetime.now(UTC))

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
        ends = [*records.ends(self._lines, self._noticed)]
        replaced = {line for line, _ in ends}
        steps = [
            *(_step(line, records) for line in self._lines if line not in replaced),
            *(step for _, step in ends),
            *records.considered(self._lines, exchanges, self._noticed),
            *_asked(exchanges),
        ]
        return Watched(
            tuple(sorted(map(_placed, steps), key=lambda step: step.at)),
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

    def considered(
        self, lines: list[LogStep], exchanges: Iterable[Exchange], noticed: Noticed
    ) -> Iterator[Step]:
        """Yield a step for each page selection: what was selected and why, and the pages it was chosen from."""
        for change in self.changes:
            if not change.get("choice"):
                continue
            ticket, received = str(change.get("issue_key", "")), "event.received"
            line = _newest(lines, received, change_id=str(change["change_id"]))
            asked = [
                each.at for each in exchanges if each.call.tool == _CHOOSE and ticket in each.call.tickets
            ]
            at = asked[-1] if asked else line.at if line else noticed(str(change["change_id"]))
            for target in json.loads(str(change["choice"]))["targets"]:
                selection = target["choice"]
                pages = [*map(_candidate, selection["candidates"])]
                details = (Detail(f"{len(pages)} pages considered", "\n".join(pages)),) if pages else ()
                text = f"{_target(target)}, by {selection['decided_by']}: {selection['reason']}"
                yield Step(at + timedelta(milliseconds=1), ticket, "page", text, details)

    def ends(self, lines: list[LogStep], noticed: Noticed) -> Iterator[tuple[LogStep | None, Step]]:
        """Yield the decision and the publication of each document, with the log line that each replaces, if any."""
        for document in self.documents:
            ticket = str(next(iter(document["issue_keys"]), ""))
            identity = str(document["document_id"])
            for kind, name, text in _ends(document):
                line = _newest(lines, name, document_id=identity)
                at = line.at if line else noticed(f"{identity} {document['revision']} {kind}")
                yield line, Step(at, ticket, kind, text)


def _ends(document: Record) -> Iterator[tuple[str, str, str]]:
    """Yield for a decision and a publication the kind of step, the name of its log line, and its text."""
    if decision := document.get("decision"):
        feedback = f": {decision['feedback']}" if decision.get("feedback") else ""
        yield "decision", "decision.recorded", f"{decision['author_name']}: {decision['verdict']}{feedback}"
    if publication := document.get("publication"):
        text = f"“{publication['title']}” version {publication['version']}: {publication['url']}"
        yield "publication", "document.ended", text


def _newest(lines: list[LogStep], name: str, **ids: str) -> LogStep | None:
    """Return the newest log line of a name with these ids."""
    return next(
        (each for each in reversed(lines) if each.name == name and ids.items() <= each.ids.items()), None
    )


def _step(line: LogStep, records: _Records) -> Step:
    return Step(line.at, records.ticket(line.ids), line.kind, line.text)


def _placed(step: Step) -> Step:
    """Place a step within its second by its rank in the pipeline, because log lines tell only the second."""
    words = step.text.split(" by ")[0]
    rank = next(
        (number for number, start in enumerate(_ORDER) if f"{step.kind} {words}".startswith(start)), 0
    )
    return replace(step, at=step.at.replace(microsecond=0) + timedelta(milliseconds=40 * rank))


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
