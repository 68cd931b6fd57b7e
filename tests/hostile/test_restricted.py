"""Content that not everyone may view reaches no ticket, review or prompt, wherever the restriction is.

The page always fits the ticket best. That a person may name it on purpose is not tested here.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest
import requests

from handlers.document_orchestrator.page_selection import select_page
from handlers.document_orchestrator.page_selection.llm_judge import JudgeAnswer
from handlers.document_orchestrator.page_selection.selection import CreatePage
from tests.handlers.pipeline import Pipeline, reset_functions

SUMMARY, TEXT = (
    "Quarnix ledger refunds take an amount",
    "A quarnix ledger refund returns a part of the payment.",
)
SECRET_TITLE, SECRET = "Quarnix ledger refunds (Project Vermilion)", "Vermilionium is bought in March."
STORAGE = f"<p>A refund in the quarnix ledger returns the whole quarnix payment.</p><p>{SECRET}</p>"


def tree(pipeline: Pipeline, *places: str) -> str:
    """Put the page below these ancestors, top first; `secret` is a page, `hidden folder` a folder, for two people only."""
    store, author = pipeline.site.confluence, pipeline.site.account("admin")
    readers = tuple(pipeline.site.account(name).account_id for name in ("admin", "kinexus"))
    space = next(iter(store.spaces.values()))
    above: str | None = None
    for number, kind in enumerate(places):
        if kind in ("page", "secret"):
            page = store.create(author, space.id, f"Above {number}", "<p>x</p>", above)
            page.readers = readers if kind == "secret" else ()
            above = page.id
        else:
            held = store.add_container(
                author, kind.removeprefix("hidden "), space.id, f"Above {number}", above
            )
            held.readers = readers if kind.startswith("hidden ") else ()
            above = held.id
    return store.create(author, space.id, SECRET_TITLE, STORAGE, above).id


TREES: dict[str, tuple[str, ...]] = {
    "below a restricted page": ("secret",),
    "below a folder below a restricted page": ("secret", "folder"),
    "deep below one": ("secret", "folder", "page", "folder", "page"),
    "below a whiteboard below one": ("secret", "page", "whiteboard"),
    "below a database below one": ("secret", "database"),
    "below an embed below one": ("secret", "embed"),
    "below a restricted folder": ("hidden folder",),
    "below a page in a restricted folder": ("hidden folder", "page", "page"),
}


def everything_shown(pipeline: Pipeline) -> str:
    """Return everything that people see: each ticket with its comments, each diff."""
    said = []
    for key in [issue.key for issue in pipeline.site.jira.issues.values()]:
        issue = pipeline.jira("admin", "GET", f"/rest/api/3/issue/{key}")
        said += [str(issue), *pipeline.comments(key)]
        if "documentation-review" in issue["fields"]["labels"]:
            said.append(requests.get(pipeline.diff_url(key), timeout=60).text)
    return "\n".join(said)


def shows_nothing(pipeline: Pipeline, asked: list[Mapping[str, Any]]) -> bool:
    everything = (
        everything_shown(pipeline) + str(asked) + str(pipeline.aws.changes() + pipeline.aws.documents())
    )
    return "Vermilion" not in everything


@pytest.mark.parametrize("places", TREES.values(), ids=TREES.keys())
def test_text_and_title_of_a_restricted_page_are_never_shown(
    pipeline: Pipeline, asked: list[Mapping[str, Any]], places: tuple[str, ...]
) -> None:
    tree(pipeline, *places)
    pipeline.finish(pipeline.create_ticket(SUMMARY, TEXT, ["needs-docs"]))
    pipeline.run()
    assert shows_nothing(pipeline, asked)


@pytest.mark.parametrize(
    "places", [each for each in TREES.values() if "secret" in each], ids=lambda places: " > ".join(places)
)
def test_trusted_folders_do_not_show_pages_below_a_restricted_one(
    pipeline: Pipeline,
    asked: list[Mapping[str, Any]],
    places: tuple[str, ...],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("TRUST_FOLDERS", "true")
    reset_functions()
    tree(pipeline, *places)
    pipeline.finish(pipeline.create_ticket(SUMMARY, TEXT, ["needs-docs"]))
    pipeline.run()
    assert shows_nothing(pipeline, asked)


def test_the_title_of_a_parent_restricted_later_is_not_shown(
    pipeline: Pipeline, asked: list[Mapping[str, Any]], monkeypatch: pytest.MonkeyPatch
) -> None:
    store, author = pipeline.site.confluence, pipeline.site.account("developer")
    space = next(iter(store.spaces.values()))
    parent = store.create(author, space.id, "Project Vermilion", "<p>x</p>", None)
    store.create(author, space.id, "Quarnix ledger refunds", "<p>The quarnix ledger.</p>", parent.id)

    def judged(*_: object) -> JudgeAnswer:
        parent.readers = (pipeline.site.account("kinexus").account_id,)
        return JudgeAnswer(CreatePage("Lattices", parent.id, parent.title), 1.0, "It is new.", "model")

    monkeypatch.setattr(select_page, "judge", judged)
    pipeline.finish(pipeline.create_ticket(SUMMARY, TEXT, ["needs-docs"]))
    pipeline.run()
    [document] = pipeline.aws.documents()
    assert (document["status"], document["parent_id"]) == ("in_review", parent.id)
    pipeline.decide(document["review_issue_key"], "NEEDS REVISION\nShorter.")
    pipeline.run()
    assert pipeline.aws.documents()[0]["revision"] == 2
    assert shows_nothing(pipeline, asked)
