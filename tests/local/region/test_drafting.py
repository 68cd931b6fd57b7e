"""The rules that draft without a model: they use the ticket's words, keep unknown tokens, and are deterministic."""

import pytest

from local.bedrock import drafting
from local.bedrock.prompt import Prompt, read_prompt

PAGE = """<page title="Sessions">
[1] ## Overview
[2] The service answers requests of signed-in people.
[3] ## Sessions
[4] A session ends after 30 minutes, see ⟦jira-macro 3⟧
[5] - Cookies are marked secure
[6] | Setting | Default |
[7] ```
session.timeout = 30
```
</page>"""


def _ticket(summary: str, description: str, key: str = "AUTH-7") -> str:
    return f"<ticket>\nKey: {key}\nSummary: {summary}\nType: Story\nLabels: \nComponents: \n\n{description}\n</ticket>"


def _edit(summary: str, description: str, more: str = "") -> Prompt:
    return read_prompt(f"{_ticket(summary, description)}\n\n{PAGE}\n{more}")


def test_prompt_is_read_back_with_blocks_over_several_lines() -> None:
    prompt = _edit("Longer sessions", "Sessions last 60 minutes.")
    assert [block.number for block in prompt.blocks] == [1, 2, 3, 4, 5, 6, 7]
    assert prompt.blocks[-1].text == "```\nsession.timeout = 30\n```"
    assert (prompt.tickets[0].key, prompt.page_title) == ("AUTH-7", "Sessions")


def test_nearest_block_gains_a_sentence_of_the_ticket() -> None:
    answer = drafting.edit_page(
        _edit("Sessions end after 60 minutes", "A session now ends after 60 idle minutes.")
    )
    assert answer["edits"] == [
        {
            "action": "replace",
            "block": 4,
            "markdown": "A session ends after 30 minutes, see ⟦jira-macro 3⟧ A session now ends after 60 idle minutes.",
        }
    ]


def test_list_item_loses_its_marker() -> None:
    answer = drafting.edit_page(
        _edit("Cookies are SameSite strict", "All cookies carry SameSite strict marks.")
    )
    assert answer["edits"][0] == {
        "action": "replace",
        "block": 5,
        "markdown": "Cookies are marked secure. All cookies carry SameSite strict marks.",
    }


def test_tokens_in_a_ticket_are_not_invented_on_the_page() -> None:
    answer = drafting.edit_page(_edit("Sessions", "Sessions show ⟦image 9⟧ their owner now."))
    assert "⟦image 9⟧" not in answer["edits"][0]["markdown"]


def test_feedback_chooses_the_block_and_is_used() -> None:
    feedback = "<feedback>\nPlease say that cookies need HTTPS.\n</feedback>"
    answer = drafting.edit_page(_edit("Sessions end sooner", "A session ends after 10 minutes.", feedback))
    assert answer["edits"][0]["block"] == 5
    assert "Say that cookies need HTTPS." in answer["edits"][0]["markdown"]


def test_page_that_says_everything_gets_no_edit() -> None:
    page = '<page title="P">\n[1] Cookies are marked secure. Cookies.\n</page>'
    assert (
        drafting.edit_page(read_prompt(f"{_ticket('Cookies', 'Cookies are marked secure.')}\n{page}"))[
            "edits"
        ]
        == []
    )


def test_page_without_prose_gets_a_paragraph() -> None:
    prompt = read_prompt(
        f'{_ticket("Cookies", "Cookies are marked secure now.")}\n\n<page title="P">\n[1] # Title\n</page>'
    )
    assert drafting.edit_page(prompt)["edits"] == [
        {"action": "insert_after", "block": 1, "markdown": "Cookies are marked secure now."}
    ]


def test_empty_page_gets_its_first_paragraph() -> None:
    prompt = read_prompt(
        f'{_ticket("Cookies", "Cookies are marked secure now.")}\n\n<page title="P">\n\n</page>'
    )
    assert drafting.edit_page(prompt)["edits"][0]["block"] == 0


DESCRIPTION = """Exports of the audit log go to a bucket of yours.

1. Open Settings and choose Export
2. Enter the bucket

```
audit export --to s3://bucket
```

Exports are kept for a year."""


def test_new_page_has_sections_from_the_description() -> None:
    answer = drafting.write_page(read_prompt(_ticket("Add an audit log export", DESCRIPTION)))
    assert answer["title"] == "Audit log export"
    assert answer["markdown"] == (
        "## What changed\n\nExports of the audit log go to a bucket of yours.\n\n"
        "## How to use it\n\n1. Open Settings and choose Export\n2. Enter the bucket\n\n"
        "```\naudit export --to s3://bucket\n```\n\n"
        "## Good to know\n\nExports are kept for a year."
    )
    assert answer["summary"].endswith("(drafted without a model).")


def test_new_page_of_a_ticket_without_description_says_its_summary() -> None:
    answer = drafting.write_page(read_prompt(_ticket("Dark mode", "")))
    assert answer["markdown"] == "## What changed\n\nDark mode."


@pytest.mark.parametrize(
    ("summary", "title"),
    [
        ("Add support for passkeys", "Passkeys"),
        ("Introduce a rate limit per key.", "Rate limit per key"),
        ("Passwortlose Anmeldung", "Passwortlose Anmeldung"),
        ("Address book sync", "Address book sync"),
        ("Let shoppers split a purchase", "Split a purchase"),
    ],
)
def test_title_is_the_subject_of_the_summary(summary: str, title: str) -> None:
    assert drafting.write_page(read_prompt(_ticket(summary, "x")))["title"] == title


CANDIDATES = """<candidates>
<candidate label="A" score="4.30">
Title: Sessions
Path: Home > Security
</candidate>
<candidate label="B" score="3.10">
Title: Cookies
</candidate>
</candidates>
"""


@pytest.mark.parametrize(
    ("favours", "expected"),
    [
        ("B", {"action": "update", "label": "B"}),
        ("A", {"action": "update", "label": "A"}),
        ("create", {"action": "create", "label": "", "title": "Cookie banner", "parent_label": ""}),
    ],
)
def test_judgement_follows_the_ranking(favours: str, expected: dict[str, str]) -> None:
    prompt = read_prompt(
        f"{_ticket('Add a cookie banner', 'x')}\n{CANDIDATES}\nLexical ranking favours: {favours}"
    )
    answer = drafting.choose_page(prompt)
    assert {key: answer[key] for key in expected} == expected
    assert "without a model" in answer["reason"]


def test_page_with_a_high_score_wins_over_a_new_one() -> None:
    near = CANDIDATES.replace("4.30", "9.30")
    answer = drafting.choose_page(
        read_prompt(f"{_ticket('Add x', 'x')}\n{near}\nLexical ranking favours: create")
    )
    assert (answer["action"], answer["label"]) == ("update", "A")


def test_drafts_repeat() -> None:
    prompt = _edit("Sessions end after 60 minutes", "A session now ends after 60 minutes.")
    assert drafting.edit_page(prompt) == drafting.edit_page(prompt)
