"""Measure the quality of drafts: `python -m benchmarks.drafts [CORPUS.jsonl] [--drafter NAME]`.

A line of the corpus is {id, kind, summary, description, labels, components, pages: [{path, title, before, after}]};
without a corpus, the traps of `benchmarks.drafts.traps` are measured. The pipeline's own prompts, validation and edits
run; the page is given, not searched for. With ``--gate`` the stand-in and the oracle draft the traps, and the exit code
is 1 if a figure is more than two points below the stored one; ``--store`` stores the figures. docs/quality.md explains
the metrics.
"""

from __future__ import annotations

import argparse
import logging
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from botocore.exceptions import ClientError

from benchmarks.drafts import drafters, report
from benchmarks.drafts.cases import Case, read_corpus
from benchmarks.drafts.drafters import MODEL, Answer, CaseClient, Recorded, recording
from benchmarks.drafts.metrics import METRICS, Outcome, measure
from benchmarks.drafts.traps import traps
from common.atlassian.confluence_client import ConfluencePage
from common.aws.bedrock_client import BedrockClient
from common.runtime.errors import PermanentFailure, UnusableAnswers
from handlers.document_orchestrator.drafting.ask_model import draft_page, draft_update
from local.bedrock import real
from local.bedrock.model_endpoint import NoModel, open_endpoint
from local.bedrock.real import NoCredentials
from local.bedrock.standin import Converse

STORED = Path(__file__).parent.parent / "results" / "drafts.json"
GATED = ("standin", "oracle")


def draft(case: Case, answer: Answer, model_id: str = MODEL) -> Outcome:
    """Draft a case with the pipeline's prompts and validation."""
    client = CaseClient(answer, case)
    model = BedrockClient(client, model_id)
    try:
        if case.is_new_page:
            proposal = draft_page(model, case.title, case.parent_title, case.tickets, case.again)
        else:
            proposal = draft_update(model, _page(case), case.tickets, case.again)
    except (PermanentFailure, UnusableAnswers, ClientError) as error:
        return Outcome(None, client.calls, str(error))
    return Outcome(proposal.storage, client.calls)


def _page(case: Case) -> ConfluencePage:
    return ConfluencePage(
        page_id="1", title=case.title, space_id="1", parent_id=None, status="current", version=1, author_id="",
        storage=case.before, url="",
    )  # fmt: skip


def gate(cases: Sequence[Case]) -> list[str]:
    """Return the figures of stand-in and oracle that are worse than the stored ones."""
    stored = report.read_stored(STORED)
    faults = []
    for name in GATED:
        figures = report.means([measure(case, draft(case, _drafter(name, None))) for case in cases])
        faults += [f"{name}: {fault}" for fault in report.worse(figures, stored[name])]
    return faults


def main(arguments: Sequence[str] | None = None) -> int:
    """Draft all cases, and print the figures of each and of all together."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.drafts", description=__doc__)
    parser.add_argument("corpus", type=Path, nargs="?")
    parser.add_argument(
        "--drafter", choices=("standin", "oracle", "append", "recorded", "model"), default="standin"
    )
    parser.add_argument(
        "--model", default="", help=f"Bedrock's model id or inference profile (default: {MODEL}), or the endpoint's"
    )  # fmt: skip
    parser.add_argument("--model-url", metavar="URL", help="an OpenAI-compatible endpoint that has the model")
    parser.add_argument(
        "--record", type=Path, help="where to keep a model's answers, or to read recorded ones"
    )
    parser.add_argument("--gate", action="store_true", help="compare the traps with the stored figures")
    parser.add_argument("--store", action="store_true", help="store the figures of the traps")
    options = parser.parse_args(arguments)
    cases = read_corpus(options.corpus) if options.corpus else list(traps())
    if options.gate:
        return _gated(cases)
    if options.drafter == "recorded" and not options.record:
        parser.error("--drafter recorded needs --record DIR with the recorded answers")
    try:
        model_id, converse = _model(options) if options.drafter == "model" else (MODEL, None)
    except NoModel as error:
        parser.error(str(error))
    except NoCredentials:
        parser.error(
            "--drafter model needs AWS credentials, and none were found: run `aws configure` or `aws sso login`, "
            "or name an OpenAI-compatible endpoint with --model-url"
        )
    answer = _drafter(options.drafter, options.record, converse)
    print(f"{'':28}" + "  ".join(f"{_short(metric):>4}" for metric in METRICS))
    results = []
    for case in cases:
        outcome = draft(case, answer, model_id)
        results.append(measure(case, outcome))
        print(f"{case.case_id[:26]:28}{report.row(results[-1])}  {outcome.failure[:90]}".rstrip(), flush=True)
    print(f"\n{len(cases)} cases, drafted by {_shown(options.drafter, model_id)}")
    figures = report.means(results)
    print(report.table(figures))
    if isinstance(answer, Recorded) and answer.changed:
        print(f"{answer.changed} recorded answers were given to a prompt that has changed since")
    if options.store and not options.corpus:
        report.store(STORED, options.drafter, figures)
    return 0


def _gated(cases: Sequence[Case]) -> int:
    faults = gate(cases)
    print("\n".join(faults) or "No figure is more than two points below the stored one.")
    return 1 if faults else 0


def _model(options: argparse.Namespace) -> tuple[str, Converse]:
    """Return the id of the chosen model, and the function that asks it. Raises NoModel or NoCredentials."""
    if options.model_url:
        endpoint = open_endpoint(options.model_url, options.model)
        return endpoint.model, endpoint.converse
    return options.model or MODEL, real.converse()


def _drafter(name: str, folder: Path | None, converse: Converse | None = None) -> Answer:
    if name == "recorded" and folder is not None:
        return Recorded(folder)
    made: Mapping[str, Answer] = {"oracle": drafters.author, "append": drafters.append}
    answer = made.get(name) or (drafters.model(converse) if converse else drafters.standin())
    return recording(answer, folder) if folder is not None else answer


def _short(metric: str) -> str:
    return {"place_precision": "pl.p", "place_recall": "pl.r", "restraint": "rest", "decision": "dec"}.get(
        metric, metric[:4]
    )


def _shown(drafter: str, model_id: str) -> str:
    return f"the model {model_id}" if drafter == "model" else drafter


if __name__ == "__main__":
    logging.disable(logging.WARNING)
    sys.exit(main())
