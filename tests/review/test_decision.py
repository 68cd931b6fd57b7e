"""Proves that real comments are read as a careful person would read them, and in doubt as no decision."""

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from common import adf, wiki_markup
from handlers.approval_handler.decision import read_decision

APPROVED = [
    "APPROVED",
    "approved",
    "Approved.",
    "APPROVED!!!",
    "Approve",
    "APPROVE",
    "LGTM",
    "lgtm!",
    "LGTM 👍",
    "Ship it",
    "SHIP IT! 🚀",
    "ship it.",
    "✅",
    "✅ Approved",
    "✅✅",
    "✅️ all good",
    ":white_check_mark:",
    "(/) APPROVED",
    "👍 APPROVED",
    "🎉🎉 Approved, great work",
    "**APPROVED**",
    "*APPROVED*",
    "__APPROVED__",
    "_Approved_",
    "***APPROVED***: reads well",
    "**Approved** – the steps are right",
    "{color:#00875a}*APPROVED*{color}",
    "h2. APPROVED",
    "## APPROVED",
    "`APPROVED`",
    "{{APPROVED}}",
    "[APPROVED]",
    "- APPROVED",
    "* Approved",
    "1. APPROVED",
    "[x] APPROVED",
    "   APPROVED   ",
    "\n\nAPPROVED\n",
    "\ufeffAPPROVED",
    "\u200bApproved",
    "APPROVED: matches what we agreed on Tuesday",
    "APPROVED - tested the commands on staging",
    "APPROVED — reads well, thank you!",
    "Approved, thanks!",
    "Approved. Nice work.",
    "Approved because the limits are finally written down.",
    "approved by me",
    "Approved as is",
    "Approved for publication",
    "Approved with thanks",
    "Approved, no comments",
    "Approved: no further changes",
    "Approved without changes",
    "Approved after careful review",
    "Approved after reading it twice",
    "Approved. Who announces it?",
    "Approved revision 2",
    "Approved v2",
    "APPROVED\nThe second example is especially helpful.",
    "APPROVED\n\nIf you have time, add a picture one day.",
    "APPROVED. The previous draft was rejected by Tom.",
    "APPROVED (was REJECTED before)",
    "Hi team,\n\nAPPROVED\n\nBest,\nJane",
    "Hi all, approved.",
    "Hello Jane, APPROVED",
    "Hey there — LGTM",
    "Good morning! Approved.",
    "Thanks, approved",
    "Thank you Jane! APPROVED",
    "Thanks for the quick turnaround, APPROVED",
    "Great work! APPROVED",
    "Looks good to me, approved",
    "Ok, approved",
    "Yes, approved.",
    "OK approved",
    "I approve",
    "I hereby approve this change.",
    "Decision: APPROVED",
    "Update: approved",
    "@jane APPROVED",
    "@jane.doe, approved",
    "@Jane Doe APPROVED",
    "@Jane Doe: approved",
    "[~accountid:5b10ac8d82e05b22cc7d4ef5] APPROVED",
    "[~jdoe], LGTM",
    "Hi @jane, APPROVED, thanks",
    "+1 APPROVED",
    "Sehr gut, APPROVED",
    "Passt, APPROVED",
    "Très bien, APPROVED",
    "Muy bien, APPROVED",
    "Va bene, APPROVED",
    "OK pour moi, APPROVED",
    "APPROVED, merci d'avance",
    "APPROVED お願いします",
    "APPROVED。",
    "Danke, APPROVED",
    "Vielen Dank! APPROVED",
    "Hallo zusammen, approved",
    "Hallo Frau Müller, APPROVED. Viele Grüße",
    "APPROVED, danke",
    "approved danke",
    "Bitte sehr: APPROVED",
    "Merci beaucoup, APPROVED",
    "Bonjour Jean,\nAPPROVED\nCordialement",
    "Approved, merci",
    "Gracias, APPROVED",
    "¡Hola! Approved",
    "Obrigado! LGTM",
    "Grazie mille, approved",
    "Dank je wel, approved",
    "Tack, APPROVED",
    "Dziękuję, APPROVED",
    "Спасибо, APPROVED",
    "Привет, approved",
    "ありがとうございます。APPROVED",
    "お疲れ様です、LGTM",
    "谢谢，APPROVED",
    "감사합니다. APPROVED",
    "תודה, APPROVED",
    "> can we publish this?\n\nAPPROVED",
    "{quote}REJECTED?{quote}\nAPPROVED",
    "```\nREJECTED\n```\nAPPROVED",
    "Read it twice and ran the commands.\nAPPROVED",
    "Approved?\nYes: see below.\nAPPROVED",
    "LGTM, ship it!",
    "APPROVED\r\nthanks",
    "Approved – let's publish",
    "APPROVED\n\nThe old text was REJECTED for good reasons.",
    "I could not find any problem\nAPPROVED",
    "Thanks for the careful update\napproved",
    "Approved & published soon I hope",
    "APPROVED\n- commands checked\n- links checked",
    "LGTM — nit: I would call it a budget",
]

REJECTED = [
    "REJECTED",
    "Rejected.",
    "reject",
    "REJECT!",
    "❌",
    "❌ not approved",
    "❌ wrong page",
    ":x: wrong page",
    "(x) REJECTED",
    "*REJECTED* – this belongs to the runbook",
    "**Rejected**: duplicate of another page",
    "Rejected because the page is outdated anyway",
    "Rejected, but I like the idea",
    "REJECTED: what is this about?",
    "REJECTED: fails when the token is expired",
    "REJECTED - who asked for this?",
    "Sorry, REJECTED",
    "Sorry but rejected",
    "Unfortunately, rejected: not for customers",
    "Leider REJECTED",
    "Thanks for the effort, but REJECTED",
    "@jane rejected, see the chat",
    "Hi Tom, REJECTED.",
    "I reject this",
    "REJECTED\nWould be APPROVED as a shorter text.",
    "Not convinced.\nREJECTED",
    "~~APPROVED~~\nREJECTED",
]

NEEDS_REVISION = [
    "NEEDS REVISION",
    "Needs revision.",
    "needs revision: mention the retries",
    "NEEDS REVISION - why is the limit not mentioned?",
    "NEEDS REVISION: Rejected by legal, please shorten",
    "NEEDS REVISION\nExplain what happens if the token expires.",
    "NEEDS REVISION, will be APPROVED afterwards",
    "NEEDS REVISION: say what happens when it fails",
    "Needs a revision, the table is wrong",
    "NEEDS_REVISION",
    "Needs-revision: typos",
    "REQUEST CHANGES",
    "Request changes: shorter, please",
    "Requesting changes, see below",
    "CHANGES REQUESTED\n- heading\n- table",
    "🔄",
    "🔄 please add the new endpoint",
    ":arrows_counterclockwise: once more",
    "**NEEDS REVISION** – the second step is missing",
    "{color:red}NEEDS REVISION{color} please shorten",
    "Hi Kinexus,\nNEEDS REVISION\n1. heading\n2. example",
    "Thanks! Needs revision though: the link is dead",
    "Merci, NEEDS REVISION",
    "@jane NEEDS REVISION",
]

NOTHING = [
    "Approved in principle, the wording needs work",
    "Approved, mostly",
    "LGTM so far",
    "Approved for staging only",
    "Approved w/ minor changes",
    "Ship it tomorrow",
    "SHIP IT on Monday",
    "Approve it please @tom",
    "LGTM 👎",
    "APPROVED. Actually, no.",
    "APPROVED\n\nEdit: on second thought, the table is wrong.",
    "APPROVED\nPlease fix the typo before publishing.",
    "Approved\nbut don't publish it yet",
    "✅ commands work\n✅ links work\n❌ screenshot is outdated",
    "✅ heading\n🔄 table",
    "The change has not been\napproved by legal so far",
    "we had to wait until the old page was\nrejected by the owner",
    "Changes requested have been made, please look again",
    "Changes requested by Tom are in",
    "Requested changes look good",
    "## Approved changes",
    "No changes requested",
    "Not\nAPPROVED",
    "",
    "   \n ",
    "Thanks!",
    "👍",
    "Looks good",
    "looks good to me",
    "Done",
    "I don't approve",
    "I don't approve this",
    "I do not approve of this",
    "not approved",
    "Not approved yet",
    "NOT APPROVED",
    "Never approved",
    "This is not approved.",
    "cannot approve",
    "Approved? No.",
    "Approved: no",
    "APPROVED - NOT",
    "✅ not yet",
    "Approved not yet",
    "nicht APPROVED",
    "Disapproved",
    "unapproved",
    "Pre-approved",
    "Conditionally approved",
    "Almost approved",
    "No, approved is the wrong word",
    "can someone approve?",
    "Can you approve this please",
    "Approved?",
    "APPROVED???",
    "Approved, right?",
    "APPROVED (?)",
    "Is this approved",
    "Who approved this?",
    "✅?",
    "Rejected?",
    "Rejected / needs revision",
    "Tom said: APPROVED",
    "As Tom said, APPROVED",
    "I approved",
    "Approved, aber bitte noch den Link",
    "Needs revision?",
    "Please approve",
    "please approve @jane",
    "@jane please approve",
    "@jane approve please",
    "Bitte approve",
    "Pls reject",
    "approved once X is fixed",
    "APPROVED once the typo is fixed",
    "Approved if legal agrees",
    "APPROVED, if the link is corrected",
    "Approved - but only after the release",
    "approved when the build is green",
    "Approved after the heading is corrected",
    "Approved unless Tom objects",
    "Approved provided that the table is right",
    "Approved pending legal review",
    "Approved subject to the changes below",
    "Approved as soon as the release is out",
    "Approved with minor changes",
    "Approved with comments:\n- fix the table",
    "LGTM with nits",
    "LGTM modulo the typo",
    "LGTM but fix the typo",
    "LGTM, just fix the typo first",
    "Approved, but the second table is wrong",
    "APPROVED. Publish once the release is out.",
    "APPROVED\nonce the typo is fixed",
    "If the table gets corrected:\nAPPROVED",
    "Once legal has agreed,\napproved",
    "I would say it is not\nAPPROVED",
    "Reject if the tests fail",
    "Needs revision if the API changed",
    "Rejected unless shortened",
    "Approved, wenn der Link stimmt",
    "Approved sobald der Release draußen ist",
    "Approved quand le lien est corrigé",
    "> APPROVED",
    "> Jane wrote: APPROVED\nwhat do you mean",
    "bq. APPROVED",
    "{quote}\nAPPROVED\n{quote}",
    "{quote}APPROVED{quote}",
    '"APPROVED"',
    "“APPROVED”",
    "«APPROVED»",
    "'approved'",
    "```\nAPPROVED\n```",
    "{code}\nAPPROVED\n{code}",
    "{noformat}APPROVED{noformat}",
    "`APPROVED` is what you have to write",
    "-----Original Message-----\nAPPROVED",
    "| APPROVED |",
    "~~APPROVED~~",
    "-APPROVED-",
    "[ ] APPROVED",
    "- [ ] APPROVED",
    "☐ approved",
    "APPROVED / REJECTED",
    "APPROVED or REJECTED",
    "Approve or reject?",
    "APPROVED REJECTED",
    "APPROVED, no wait, REJECTED",
    "✅ REJECTED",
    "❌ APPROVED",
    "✅❌",
    "APPROVED\nREJECTED\nNEEDS REVISION",
    "APPROVED / REJECTED / NEEDS REVISION",
    "Comment APPROVED to publish",
    "Write APPROVED, REJECTED or NEEDS REVISION",
    "Tom approved it last week",
    "It was rejected by the board",
    "Approved requests are logged now",
    "Approved vendors list is missing",
    "Approve button is missing in the picture",
    "Rejected orders are not mentioned",
    "REJECTED is a status too",
    "APPROVED should be explained",
    "APPROVED means published",
    "Approved would be too much",
    "approves",
    "approving",
    "approval",
    "Approval granted",
    "approved-ish",
    "APPROVED_BY",
    "APPROVEDLY",
    "Shipping it",
    "shipit2",
    "Revision needed",
    "ＡＰＰＲＯＶＥＤ",
    "АPPROVED",  # Cyrillic А
    "APPRОVED",  # Cyrillic О
    "ΑPPROVED",  # Greek Α
    "APP\u200bROVED",
    "APP\u00adROVED",
    "A\u0336P\u0336P\u0336R\u0336O\u0336V\u0336E\u0336D\u0336",
    "APPROVED\u0336",
    "APPROVED\u200b\u0430",
    "\u202eDEVORPPA",
    "\u202eAPPROVED",
    "\u2066APPROVED\u2069",
    "\u017fhip it",  # long s
    "𝐀𝐏𝐏𝐑𝐎𝐕𝐄𝐃",
    "🅰️PPROVED",
    "A P P R O V E D",
    "APROVED",
    "genehmigt",
    "✔",
    "👎 APPROVED",
]


@pytest.mark.parametrize("comment", APPROVED)
def test_approvals(comment: str) -> None:
    assert decided(comment) == "approved"


@pytest.mark.parametrize("comment", REJECTED)
def test_rejections(comment: str) -> None:
    assert decided(comment) == "rejected"


@pytest.mark.parametrize("comment", NEEDS_REVISION)
def test_requests_for_a_revision(comment: str) -> None:
    assert decided(comment) == "needs_revision"


@pytest.mark.parametrize("comment", NOTHING)
def test_what_decides_nothing(comment: str) -> None:
    assert decided(comment) is None


@pytest.mark.parametrize(
    ("comment", "feedback"),
    [
        ("APPROVED", ""),
        ("**APPROVED**: reads well", "reads well"),
        ("NEEDS REVISION: explain `retries`\n- and the limit", "explain `retries`\n- and the limit"),
        ("Hi,\nNEEDS REVISION\n> old text\nis wrong", "> old text\nis wrong"),
        ("The table is wrong.\nNEEDS REVISION", "The table is wrong."),
        ("{color:red}*REJECTED*{color} - duplicate", "duplicate"),
        ("❌ not approved, wrong page", "not approved, wrong page"),
    ],
)
def test_what_follows_is_feedback(comment: str, feedback: str) -> None:
    said = read_decision(comment)
    assert said is not None
    assert said.feedback == feedback


def decided(comment: str) -> str | None:
    """Return the verdict that a comment carries."""
    said = read_decision(comment)
    return said.verdict if said else None


def _mention(name: str) -> adf.Node:
    return {"type": "mention", "attrs": {"id": "5b1", "text": f"@{name}"}}


@pytest.mark.parametrize(
    ("body", "verdict"),
    [
        (adf.doc(adf.paragraph(adf.text("APPROVED", adf.STRONG), " thanks")), "approved"),
        (adf.doc(adf.paragraph(_mention("Jane van Doe"), " approved")), "approved"),
        (adf.doc(adf.paragraph(_mention("Not Me"), " REJECTED: wrong page")), "rejected"),
        (adf.doc(adf.paragraph({"type": "emoji", "attrs": {"shortName": ":x:", "text": "❌"}})), "rejected"),
        (
            adf.doc(adf.paragraph({"type": "status", "attrs": {"text": "APPROVED", "color": "green"}})),
            "approved",
        ),
        (adf.doc(adf.panel("success", adf.paragraph("APPROVED"))), "approved"),
        (adf.doc(adf.bullet_list("NEEDS REVISION: see below")), "needs_revision"),
        (adf.doc(adf.quote(adf.paragraph("APPROVED"))), None),
        (adf.doc({"type": "codeBlock", "content": [adf.text("APPROVED")]}), None),
        (adf.doc(adf.paragraph(adf.text("APPROVED", adf.STRIKE))), None),
        (adf.doc(adf.paragraph(adf.text("NOT", adf.STRONG), " APPROVED")), None),
        (adf.doc(adf.paragraph("APPROVED", adf.hard_break(), "once it is fixed")), None),
    ],
)
def test_comments_as_adf(body: adf.Node, verdict: str | None) -> None:
    assert decided(adf.to_text(body)) == verdict


@pytest.mark.parametrize(
    ("body", "verdict"),
    [
        ("*APPROVED*", "approved"),
        ("(/) good", "approved"),
        ("(x)", "rejected"),
        ("{panel}APPROVED{panel}", "approved"),
        ("{color:#36b37e}APPROVED{color} \\\\ thanks", "approved"),
        ("[~accountid:5b10] NEEDS REVISION: {{limit}}", "needs_revision"),
        ("bq. APPROVED\n\nREJECTED", "rejected"),
        ("-APPROVED-", None),
        ("{quote}APPROVED{quote}", None),
        ("{code}APPROVED{code}", None),
    ],
)
def test_comments_as_wiki_text(body: str, verdict: str | None) -> None:
    assert decided(wiki_markup.to_text(body)) == verdict


@settings(max_examples=300, deadline=None)
@given(
    st.text(max_size=60)
    | st.lists(st.sampled_from([*APPROVED, *REJECTED, *NOTHING]), max_size=4).map("\n".join)
)
def test_never_raises(comment: str) -> None:
    assert decided(comment) in (None, "approved", "rejected", "needs_revision")


@pytest.mark.parametrize(
    "piece", ["@a ", "hi ", "*", "✅", "APPROVED ", "thanks, ", "-", "{quote}", "please ", "if "]
)
def test_long_comments_take_no_long_time(piece: str) -> None:
    started = time.process_time()
    read_decision(piece * (100_000 // len(piece)))
    assert time.process_time() - started < 2
