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
    answer = drafting.edit_page(_edit("Sessions end with the device", "A session ends with its device."))
    assert answer["edits"] == [
        {
            "action": "replace",
            "block": 4,
            "markdown": "A session ends after 30 minutes, see ⟦jira-macro 3⟧ A session ends with its device.",
        }
    ]


def test_new_value_stands_in_place_of_the_old_one() -> None:
    """In the sentence and in the code, with the token kept; nothing contradicts it, and nothing is added."""
    answer = drafting.edit_page(
        _edit("Sessions end after 60 minutes", "A session now ends after 60 minutes instead of 30.")
    )
    assert [(edit["block"], edit["markdown"]) for edit in answer["edits"]] == [
        (4, "A session ends after 60 minutes, see ⟦jira-macro 3⟧"),
        (7, "```\nsession.timeout = 60\n```"),
    ]


@pytest.mark.parametrize(
    ("said", "line", "wanted"),
    [
        ("The quota of Team is 600 (300 before).", "| Team | 300 | 50 |", "| Team | 600 | 50 |"),
        ("The quota of Team goes from 300 to 600.", "| Team | 300 | 50 |", "| Team | 600 | 50 |"),
        ("The quota of Team: 300 → 600.", "| Team | 300 | 50 |", "| Team | 600 | 50 |"),
        ("The burst of Team is 80.", "| Team | 300 | 50 |", "| Team | 300 | 80 |"),
        ("Files are kept 30 days instead of 14.", "keep_days: 14 # files", "keep_days: 30 # files"),
        ("`--date` is called `--day` now.", "1. Run `x --date 1`", "1. Run `x --day 1`"),
        ("Requests are decided within 2 days.", "- Requests are decided in 5 days", "- Requests are decided in 2 days"),
        ("Orders wait 12 times over 72 hours, instead of 8 times over 24 hours.",
         "Orders wait 8 times over 24 hours.", "Orders wait 12 times over 72 hours."),
        ("Orders wait 12 times over 72 hours, instead of 8 times over one day.",
         "Orders wait 8 times over 24 hours.", "Orders wait 12 times over 72 hours."),
        ("再送を3回から5回に変更しました。", "5分ごとに3回まで再送します。", "5分ごとに5回まで再送します。"),
    ],
)  # fmt: skip
def test_values_are_replaced_in_sentence_table_list_and_code(said: str, line: str, wanted: str) -> None:
    page = f'<page title="P">\n[1] ## H\n[2] | Plan | Quota | Burst |\n[3] {line}\n[4] Orders are unlimited, 9 of them.\n</page>'
    answer = drafting.edit_page(read_prompt(f"{_ticket('Change', said)}\n\n{page}"))
    assert [(edit["block"], edit["markdown"]) for edit in answer["edits"]] == [(3, wanted)]


def test_item_that_is_gone_is_deleted() -> None:
    page = '<page title="P">\n[1] - Mail\n[2] - The old wiki\n[3] - Chat\n</page>'
    answer = drafting.edit_page(read_prompt(f"{_ticket('Wiki', 'The old wiki is switched off.')}\n\n{page}"))
    assert answer["edits"] == [{"action": "delete", "block": 2}]


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
    [said] = [edit["markdown"] for edit in answer["edits"] if edit["block"] == 5]
    assert "Cookies need HTTPS." in said
    assert "Say that" not in said


@pytest.mark.parametrize(
    "feedback", ["Leave out the 10 minutes.", "I do not like it.", "Too long!", "Shorter, please."]
)
def test_feedback_about_the_draft_is_not_put_on_the_page(feedback: str) -> None:
    more = f"<feedback>\n{feedback}\n</feedback>"
    answer = drafting.edit_page(_edit("Sessions move", "Sessions move between devices for 10 minutes.", more))
    assert not any(feedback[:8] in edit.get("markdown", "") for edit in answer["edits"])


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


def test_feedback_about_a_new_page_leaves_no_empty_section() -> None:
    ticket = _ticket("Add refunds", "Refunds take 3 days.")
    page = drafting.write_page(
        read_prompt(f"{ticket}\n\n<title>\nRefunds\n</title>\n\n<feedback>\nShorter.\n</feedback>")
    )
    assert "Good to know" not in page["markdown"]
    assert "Shorter" not in page["markdown"]
