"""`python -m ops renew-link`: an open review's link shows the draft again."""

from __future__ import annotations

import time
from dataclasses import replace

import requests

from common.aws.review_store import ReviewStore
from tests.handlers.aws import client
from tests.ops.deployed import Deployed
from tests.ops.test_replay import detected


def test_an_expired_link_is_opened_again(deployed: Deployed) -> None:
    key, _ = detected(deployed, "needs-docs")
    deployed.pipeline.run()
    review = deployed.pipeline.review_of(key)
    url = deployed.pipeline.diff_url(review)
    [document] = deployed.pipeline.aws.documents()
    store = ReviewStore(client("s3"), "kinexus-documents")
    status = store.status(document["document_id"])
    assert status
    store.store_status(document["document_id"], replace(status, announced_at=time.time() - 31 * 86_400))
    assert "This link has expired" in requests.get(url, timeout=60).text
    for given in (review, key):
        code, said = deployed.command("renew-link", given)
        assert code == 0
        assert f"The link to revision 1 in {review} shows the draft again" in said
    assert "This link has expired" not in requests.get(url, timeout=60).text


def test_without_an_open_review_nothing_is_renewed(deployed: Deployed) -> None:
    key, _ = detected(deployed, "needs-docs", "no-docs")
    deployed.pipeline.run()
    code, said = deployed.command("renew-link", key)
    assert code == 1
    assert "has no open review" in said
