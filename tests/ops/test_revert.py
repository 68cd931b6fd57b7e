"""`python -m ops revert`: it asks for one review that takes a publication back, or says why there is none."""

from __future__ import annotations

from common.domain.document import revert_id
from tests.handlers.test_pipeline import in_review, page_id
from tests.ops.deployed import Deployed

__all__ = ["page_id"]


def published(deployed: Deployed, comment: str = "APPROVED") -> str:
    """Bring an update to its decision; return the id of its document."""
    _, review = in_review(deployed.pipeline)
    deployed.pipeline.decide(review, comment)
    deployed.pipeline.run()
    [document] = deployed.pipeline.aws.documents()
    return str(document["document_id"])


def test_asking_twice_gives_one_review(deployed: Deployed, page_id: str) -> None:
    document_id = published(deployed)
    code, said = deployed.command("revert", document_id)
    assert (code, "Published RevertRequested" in said) == (0, True), said
    deployed.pipeline.run()
    revert = next(each for each in deployed.pipeline.aws.documents() if each.get("reverts") == document_id)
    assert revert["document_id"] == revert_id(document_id)
    assert "asked for it" in revert["choice"]["reason"]
    deployed.pipeline.aws.events()
    code, said = deployed.command("revert", document_id)
    assert code == 0
    assert f"decide in {revert['review_issue_key']}" in said
    assert deployed.pipeline.aws.events() == []
    deployed.pipeline.decide(revert["review_issue_key"], "REJECTED")
    deployed.pipeline.run()
    code, said = deployed.command("revert", document_id)
    assert (code, "is rejected" in said) == (1, True), said


def test_it_says_that_another_review_of_the_page_is_open(deployed: Deployed, page_id: str) -> None:
    document_id = published(deployed)
    key = deployed.pipeline.create_ticket(
        "Quarnix ledger refunds take a reason",
        "A quarnix refund has a reason.",
        ["needs-docs", f"docs:{page_id}"],
    )
    deployed.pipeline.finish(key)
    deployed.pipeline.run()
    code, said = deployed.command("revert", document_id)
    assert code == 1
    assert deployed.pipeline.review_of(key) in said


def test_nothing_unpublished_is_taken_back(deployed: Deployed, page_id: str) -> None:
    code, said = deployed.command("revert", published(deployed, "REJECTED"))
    assert (code, "there is no publication" in said) == (1, True), said
    code, said = deployed.command("revert", "doc-" + "0" * 24)
    assert (code, "there is no document" in said) == (2, True), said


def test_a_created_page_is_deleted_by_a_person(deployed: Deployed) -> None:
    pipeline = deployed.pipeline
    key = pipeline.create_ticket("Zyxomatic lattice", "Gardeners plant a zyxomatic lattice.", ["needs-docs"])
    pipeline.finish(key)
    pipeline.run()
    pipeline.decide(pipeline.review_of(key), "APPROVED")
    pipeline.run()
    [document] = pipeline.aws.documents()
    code, said = deployed.command("revert", document["document_id"])
    assert code == 1
    assert "delete it in Confluence" in said
    assert document["publication"]["url"] in said


def test_a_revert_that_failed_is_asked_for_again_instead_of_replayed(
    deployed: Deployed, page_id: str
) -> None:
    document_id = published(deployed)
    pipeline = deployed.pipeline
    taken = pipeline.newest_draft(pipeline.aws.documents()[0]["review_issue_key"]).changes()[0].after
    current = str(pipeline.page(page_id)["body"]["storage"]["value"])
    pipeline.save_page(page_id, current.replace(taken, taken.replace("</p>", " By hand.</p>")))
    deployed.command("revert", document_id)
    pipeline.run()
    code, said = deployed.command("replay", revert_id(document_id))
    assert code == 1
    assert f"python -m ops revert {document_id}" in said
    code, said = deployed.command("revert", document_id)
    assert (code, "Published RevertRequested" in said) == (0, True), said
