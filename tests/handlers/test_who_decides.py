"""Who may decide: approvers, four eyes, and accounts that Jira does not know any more. Over the whole pipeline."""

from __future__ import annotations

from urllib.parse import quote

import pytest

from local.atlassian import Fault
from local.atlassian.accounts import APPROVERS_GROUP, GROUP_IDS
from tests.handlers.pipeline import Pipeline, start_anew
from tests.handlers.test_pipeline import in_review, page_id

__all__ = ["page_id"]


def version(pipeline: Pipeline, page: str) -> int:
    return int(pipeline.page(page)["version"]["number"])


def test_a_comment_of_somebody_who_has_left_does_not_stand_in_the_approvers_way(
    pipeline: Pipeline, page_id: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("APPROVER_GROUP_ID", GROUP_IDS[APPROVERS_GROUP])
    start_anew()
    _, review = in_review(pipeline)
    pipeline.comment(review, "Nice, but I am leaving.", "developer")
    gone = pipeline.site.account("developer").account_id
    pipeline.site.faults.add(Fault("status", status=404, path=f"/user/groups.*{quote(gone)}", count=99))
    pipeline.decide(review, "APPROVED")
    pipeline.run()
    assert version(pipeline, page_id) == 2
