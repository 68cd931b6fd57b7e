"""A draft adds images only from hosts that the page already uses; the model gets one correction, then the draft fails.

How a browser reads addresses that are not listed here is not proven; unreadable ones are refused.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from common import storage_format as sf
from common.runtime.deferral import ANSWER_PAUSES
from handlers.document_orchestrator.drafting import edit_page_prompt, new_page_prompt
from handlers.document_orchestrator.drafting.edit_page_prompt import InvalidEditAnswer
from handlers.document_orchestrator.drafting.image_hosts import host_of, images_from_new_hosts
from handlers.document_orchestrator.handler import handle as orchestrate
from tests.handlers.aws import deliver
from tests.handlers.pipeline import Pipeline
from tests.handlers.test_pipeline import NEW_SUMMARY, NEW_TEXT, SUMMARY, page_id

__all__ = ["page_id"]

#: Where an image can be in Markdown; ``@`` is the image's address.
PLACES = (
    "![x](@)",
    "Words ![x](<@>) and words",
    "[![x](@)](https://good.example/)",
    "[![x](@)](#here)",
    "**![x](@)**",
    "![x][ref]\n\n[ref]: @",
    "- ![x](@)",
    "- [ ] ![x](@)",
    "> ![x](@)",
    "> [!NOTE]\n> ![x](@)",
    "| a |\n|---|\n| ![x](@) |",
    "# ![x](@)",
    '![x](@ "a title")',
    "Text[^1]\n\n[^1]: ![x](@)",
    "<details><summary>More</summary>\n\n![x](@)\n\n</details>",
    "Term\n: ![x](@)",
)
#: Addresses that a browser loads from another host than good.example, or that are ambiguous.
ELSEWHERE = (
    "https://evil.example/x.png",
    "http://evil.example",
    "HTTPS://EVIL.EXAMPLE/x.png",
    "https://good.example@evil.example/x.png",
    "https://good.example:443@evil.example/x.png",
    "https://good.example%2f@evil.example/x.png",
    "https://good.example.evil.example/x.png",
    "https://evil-good.example/x.png",
    "https://good.example;.evil.example/x.png",
    "https://good.example%00.evil.example/x.png",
    "https://evil.example/https://good.example/x.png",
    "https://evil.example?good.example",
    "https://evil.example#@good.example/",
    "https://gооd.example/x.png",
    "https://ɡood.example/x.png",
    "https://203.0.113.7/x.png",
    "https://[2001:db8::1]/x.png",
)
HERE = (
    "https://good.example/y.png",
    "http://good.example/y.png",
    "HTTPS://Good.Example/y.png?v=2",
    "https://good.example:8443/y.png",
    "https://good.example./y.png",
    "https://someone@good.example/y.png",
)
PAGE = (
    "<p>First.</p><ul><li>Item</li></ul>"
    '<p>See <ac:image><ri:url ri:value="https://good.example/x.png" /></ac:image> and '
    '<a href="https://evil.example/">there</a>.</p>'
    "<table><tbody><tr><th>k</th></tr><tr><td>v</td></tr></tbody></table>"
)


def edited(markdown: str, storage: str = PAGE, action: str = "insert_after", block: int = 1) -> str:
    page = sf.parse(storage)
    edits = [{"action": action, "block": block, "markdown": markdown}]
    return edit_page_prompt.parse_edits(
        {"summary": "x", "edits": edits}, page, sf.outline(page, 1000)
    ).storage


def written(markdown: str) -> str:
    return new_page_prompt.parse_new_page({"summary": "x", "markdown": f"Words.\n\n{markdown}"}).storage


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("address", ELSEWHERE)
def test_an_image_from_another_host_is_refused_everywhere(place: str, address: str) -> None:
    markdown = place.replace("@", address)
    assert list(sf.external_addresses(sf.render(markdown))), "the image is shown"
    for draft in (edited, written):
        with pytest.raises(InvalidEditAnswer, match="leave the image out, or write a link"):
            draft(markdown)


@pytest.mark.parametrize(
    "address",
    [*ELSEWHERE, "https://evil.example\\@good.example/x", "https://good.example\\.evil.example/x", "x", ""],
)
def test_an_image_from_another_host_is_refused_in_storage_format(address: str) -> None:
    assert images_from_new_hosts(PAGE, f'<ri:url ri:value="{address}"/>') == (address,)


@pytest.mark.parametrize("address", HERE)
def test_a_host_of_existing_images_is_accepted(address: str) -> None:
    assert list(sf.external_addresses(edited(f"![x]({address})")))
    with pytest.raises(InvalidEditAnswer):
        written(f"![x]({address})")


def test_images_in_cells_and_items_count() -> None:
    for block, markdown in (
        (2, "![x](https://evil.example/x.png)"),
        (5, "| ![x](https://evil.example/x.png) |"),
    ):
        with pytest.raises(InvalidEditAnswer, match="this website"):
            edited(markdown, action="replace", block=block)


def test_links_and_moved_images_are_accepted() -> None:
    assert "evil.example/y" in edited("[x](https://evil.example/y)")
    assert edited("Moved: ⟦image 1⟧", action="replace", block=3).count("good.example/x.png") == 1
    assert "<img" not in edited('<img src="https://evil.example/x.png">'), "HTML is text"


def test_an_address_already_on_the_page_may_stay() -> None:
    for odd in ("//cdn.example/x.png", "/download/x.png", "https://a\\b/x", "ftp://a/x", "https://a%20b/"):
        page = f'<p><ac:image><ri:url ri:value="{odd}"/></ac:image> one</p><p>two</p>'
        assert odd in edited("three", page)
    assert images_from_new_hosts("<p/>", "<ri:url ri:value='//evil.example/x'/>") == ("//evil.example/x",)
    assert (
        images_from_new_hosts('<ri:url ri:value="//e.example/x"/>', '<ri:url ri:value="http://e.example"/>')
        == ()
    )


def test_international_names_are_compared_as_browsers_do() -> None:
    assert host_of("https://straße.example/") == host_of("https://xn--strae-oqa.example/")
    assert host_of("https://straße.example/") != host_of("https://strasse.example/")
    assert host_of("https://ΑΣ.example/") is None
    assert host_of("https://日本.example/Ä") == host_of("https://xn--wgv71a.example/")


@given(st.text(alphabet="good.evil:/@\\?#%[]&;= \t\u3002\uff0ee\u0301", max_size=24))
def test_an_ambiguous_address_is_refused(tail: str) -> None:
    """An accepted address begins with the known host (and an optional user), which ends where every parser ends it."""
    address = f"https://{tail}"
    if host_of(address) == "good.example":
        authority = address[8:].partition("/")[0].partition("?")[0].partition("#")[0]
        host = authority.rpartition("@")[2].partition(":")[0]
        assert "\\" not in address
        assert host.removesuffix(".") == "good.example" or "%" in host


def test_the_model_gets_one_correction_then_the_ticket_a_comment(pipeline: Pipeline, page_id: str) -> None:
    asked: list[Mapping[str, Any]] = []
    image = "![x](https://evil.example/x.png)"

    def converse(model: str, request: Mapping[str, Any]) -> dict[str, Any]:
        asked.append(request)
        [tool] = request["toolConfig"]["tools"]
        given = {
            "summary": "x",
            "markdown": image,
            "edits": [{"action": "insert_after", "block": 0, "markdown": image}],
        }
        known = tool["toolSpec"]["inputSchema"]["json"]["properties"]
        use = {"toolUseId": f"u{len(asked)}", "name": tool["toolSpec"]["name"]}
        content = [{"toolUse": {**use, "input": {name: given[name] for name in given if name in known}}}]
        return {
            "stopReason": "tool_use",
            "output": {"message": {"role": "assistant", "content": content}},
            "usage": {"inputTokens": 1, "outputTokens": 1, "totalTokens": 2},
        }

    key = pipeline.create_ticket(SUMMARY, "See https://evil.example/x.png", ["needs-docs", f"docs:{page_id}"])
    pipeline.finish(key)
    pipeline.model.converse = converse
    for _ in range(len(ANSWER_PAUSES)):
        assert deliver(orchestrate, pipeline.aws.messages("DocumentOrchestrator")) == []
    assert len(deliver(orchestrate, pipeline.aws.messages("DocumentOrchestrator"))) == 1
    assert len(asked) == 2 * (len(ANSWER_PAUSES) + 1)
    assert "leave the image out" in str(asked[1]["messages"][2])
    told = pipeline.comments(key)[-1]
    assert "https://evil.example/x.png" in told
    assert pipeline.aws.locks() == []


@pytest.mark.parametrize("named", [True, False])
def test_a_ticket_with_an_image_still_gets_its_draft(pipeline: Pipeline, page_id: str, named: bool) -> None:
    labels = ["needs-docs", *([f"docs:{page_id}"] if named else [])]
    text = f"{NEW_TEXT}\nThe shop looks like this: ![shop](https://evil.example/shop.png)"
    key = pipeline.create_ticket(NEW_SUMMARY, text, labels)
    pipeline.finish(key)
    pipeline.run()
    pipeline.decide(pipeline.review_of(key), "APPROVED")
    pipeline.run()
    [document] = pipeline.aws.documents()
    storage = pipeline.page(document["publication"]["page_id"])["body"]["storage"]["value"]
    assert list(sf.external_addresses(storage)) == []
