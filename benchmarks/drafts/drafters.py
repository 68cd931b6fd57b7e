"""Drafters: what answers the pipeline's prompts. Each answers Converse requests, as Amazon Bedrock does.

standin   the rules of the local region, without a model
oracle    the author's own change, as far as the edit language can say it: an upper bound
append    the ticket's text at the end of the page: a lower bound
recorded  answers that `--record` kept of a real model
model     Amazon Bedrock, with this machine's AWS credentials, or a model behind an OpenAI-compatible endpoint
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from botocore.exceptions import ClientError

from benchmarks import oracle
from benchmarks.drafts.cases import Case
from common import storage_format as sf
from local.bedrock import StandIn
from local.bedrock.nova import BedrockError
from local.bedrock.standin import Converse

MODEL = "amazon.nova-lite-v1:0"

Answer = Callable[[Case, Mapping[str, Any]], dict[str, Any]]
"""Answers one request about a case with the body of a Converse response; raises BedrockError."""

_SHOWN = re.compile(r"^\s*\[(\d+)\] ", re.MULTILINE)


class CaseClient:
    """Bedrock's client for one case: passes requests to a drafter, and counts them."""

    def __init__(self, answer: Answer, case: Case) -> None:
        self.calls = 0
        self._answer, self._case = answer, case

    def converse(self, **request: Any) -> dict[str, Any]:
        """Answer as `bedrock-runtime` does; raise ClientError."""
        self.calls += 1
        try:
            return self._answer(self._case, request)
        except BedrockError as error:
            told = {"Code": error.kind, "Message": error.message}
            status = {"HTTPStatusCode": error.status}
            raise ClientError({"Error": told, "ResponseMetadata": status}, "Converse") from error  # type: ignore[typeddict-item]


def standin() -> Answer:
    """Return the drafter of the local region."""
    stand_in = StandIn()
    return lambda case, request: stand_in.answer("benchmark", request["modelId"], _body(request))


def model(converse: Converse) -> Answer:
    """Return the drafter that asks a model."""
    return lambda case, request: converse(request["modelId"], _body(request))


def author(case: Case, request: Mapping[str, Any]) -> dict[str, Any]:
    """Answer with the author's own change: edits of blocks that the prompt shows, or the whole new page."""
    if case.is_new_page:
        return _tool_call(request, {"summary": "", "markdown": sf.to_markdown(case.after)})
    page = sf.parse(case.before)
    shown = {int(number) for number in _SHOWN.findall(_prompt(request))}
    edits = [_as_input(page, edit) for edit in oracle.say(case.before, case.after).edits]
    return _tool_call(
        request,
        {"summary": "", "edits": [edit for edit in edits if not edit["block"] or edit["block"] in shown]},
    )


def append(case: Case, request: Mapping[str, Any]) -> dict[str, Any]:
    """Answer with the text of the tickets, at the end of the page."""
    text = "\n\n".join(f"## {ticket.summary}\n\n{ticket.description}".strip() for ticket in case.tickets)
    if case.is_new_page:
        return _tool_call(request, {"summary": "", "markdown": text})
    last = max((int(number) for number in _SHOWN.findall(_prompt(request))), default=0)
    edit = {"action": "insert_after", "block": last, "markdown": text}
    return _tool_call(request, {"summary": "", "edits": [edit]})


def recording(answer: Answer, folder: Path) -> Answer:
    """Return a drafter that also keeps each answer in a file: `CASE-NUMBER.json`, counted for each case."""
    counts: dict[str, int] = {}

    def answer_and_keep(case: Case, request: Mapping[str, Any]) -> dict[str, Any]:
        response = answer(case, request)
        counts[case.case_id] = counts.get(case.case_id, 0) + 1
        kept = {"prompt": _fingerprint(request), "model": request["modelId"], "response": response}
        folder.mkdir(parents=True, exist_ok=True)
        _file(folder, case, counts[case.case_id]).write_text(
            json.dumps(kept, ensure_ascii=False, indent=1) + "\n", "utf-8"
        )
        return response

    return answer_and_keep


class Recorded:
    """Replays answers that `recording` kept; `changed` counts those whose prompt is another by now."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.changed = 0
        self._counts: dict[str, int] = {}

    def __call__(self, case: Case, request: Mapping[str, Any]) -> dict[str, Any]:
        """Answer with the next recorded answer of the case; without one, as a model that says nothing."""
        self._counts[case.case_id] = self._counts.get(case.case_id, 0) + 1
        file = _file(self.folder, case, self._counts[case.case_id])
        if not file.exists():
            return {"output": {"message": {"role": "assistant", "content": []}}, "stopReason": "end_turn"}
        kept = json.loads(file.read_text("utf-8"))
        self.changed += kept["prompt"] != _fingerprint(request)
        response: dict[str, Any] = kept["response"]
        return response


def _file(folder: Path, case: Case, number: int) -> Path:
    name = re.sub(r"[^\w.-]", "_", case.case_id)
    return folder / f"{name}-{number}.json"


def _body(request: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in request.items() if name != "modelId"}


def _fingerprint(request: Mapping[str, Any]) -> str:
    given = {name: request.get(name) for name in ("system", "messages", "toolConfig")}
    return hashlib.sha256(json.dumps(given, sort_keys=True).encode()).hexdigest()[:16]


def _prompt(request: Mapping[str, Any]) -> str:
    return "\n".join(part["text"] for part in request["messages"][0]["content"] if "text" in part)


def _tool_call(request: Mapping[str, Any], given: Mapping[str, Any]) -> dict[str, Any]:
    name = request["toolConfig"]["tools"][0]["toolSpec"]["name"]
    use = {"toolUseId": "benchmark", "name": name, "input": given}
    return {
        "output": {"message": {"role": "assistant", "content": [{"toolUse": use}]}},
        "stopReason": "tool_use",
        "usage": {"inputTokens": 0, "outputTokens": 0, "totalTokens": 0},
    }


def _as_input(page: sf.Page, edit: sf.Edit) -> dict[str, Any]:
    """Return an edit as the tool's input."""
    number = _number(page, edit.block_id) if edit.block_id is not None else 0
    if isinstance(edit, sf.Delete):
        return {"action": "delete", "block": number}
    action = "replace" if isinstance(edit, sf.Replace) else "insert_after"
    return {"action": action, "block": number, "markdown": edit.markdown}


def _number(page: sf.Page, block_id: str) -> int:
    """Return the number of a block in the outline, or of a box, which are numbered after all blocks."""
    boxes = [box.id for box in page.boxes]
    return len(page.blocks) + boxes.index(block_id) + 1 if block_id in boxes else page.number(block_id) + 1
