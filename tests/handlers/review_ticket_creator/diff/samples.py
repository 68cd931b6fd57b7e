"""A page of every kind of content, a careful edit of it, and the review that shows both."""

from common.domain.ticket import Ticket
from common.storage_format import BlockChange, Delete, Replace, Token
from handlers.review_ticket_creator.review_content import Review

TICKET = Ticket(
    issue_id="10042",
    key="PAY-128",
    project_key="PAY",
    summary="Raise the rate limit for partners and say what happens above it",
    description="Partners may send 250 requests per minute.",
    issue_type="Story",
    status="Done",
    status_category="done",
    labels=("needs-docs",),
    components=(),
    url="https://jira.example.com/browse/PAY-128",
)

BEFORE = """<h1>Rate limits</h1>
<p>Every client of the Payments API is limited, so that one busy integration cannot slow down all the others.</p>
<ac:structured-macro ac:name="info" ac:schema-version="1"><ac:parameter ac:name="title">Who this is for</ac:parameter>\
<ac:rich-text-body><p>Partners and internal teams that call the API directly. Portal users are not affected.</p>\
</ac:rich-text-body></ac:structured-macro>
<h2>Limits per plan</h2>
<table><tbody><tr><th>Plan</th><th>Requests per minute</th><th>Burst</th></tr>\
<tr><td>Sandbox</td><td>30</td><td>10</td></tr><tr><td>Partner</td><td>100</td><td>40</td></tr>\
<tr><td>Internal</td><td>1,000</td><td>200</td></tr></tbody></table>
<p>The limit is counted per <strong>API key</strong>, not per address. See <ac:link><ri:page ri:content-title="API keys" />\
<ac:link-body>API keys</ac:link-body></ac:link> for how to <ac:inline-comment-marker ac:ref="c1">rotate them</ac:inline-comment-marker>.</p>
<h2>Above the limit</h2>
<p>Requests above the limit are answered with <code>429 Too Many Requests</code> and are not queued.</p>
<ul><li>Wait a minute.</li><li>Send the request again.</li><li>Tell us if it happens often.</li></ul>
<ac:structured-macro ac:name="code"><ac:parameter ac:name="language">python</ac:parameter><ac:plain-text-body>\
<![CDATA[response = client.post("/payments", json=order)
if response.status_code == 429:
    time.sleep(60)
    response = client.post("/payments", json=order)]]></ac:plain-text-body></ac:structured-macro>
<h2>History</h2>
<p>The limits were introduced in 2021.</p>
<p>They were raised for internal teams in 2022.</p>
<p>Sandbox keys were limited in 2023.</p>
<p>Bursts are counted since 2024.</p>
<p>Keys without a plan are refused since 2025.</p>
<h2>Open points</h2>
<ac:task-list><ac:task><ac:task-id>1</ac:task-id><ac:task-status>incomplete</ac:task-status><ac:task-body>Show the \
remaining budget in the portal</ac:task-body></ac:task><ac:task><ac:task-id>2</ac:task-id><ac:task-status>complete\
</ac:task-status><ac:task-body>Alert on rejected requests</ac:task-body></ac:task></ac:task-list>
<p><ac:image ac:width="500"><ri:attachment ri:filename="limits.png" /></ac:image></p>
<p>Questions? Ask in <a href="https://chat.example.com/payments">#payments</a>.</p>"""

_CHANGES = [
    ("<td>Partner</td><td>100</td><td>40</td>", "<td>Partner</td><td>250</td><td>80</td>"),
    (
        "<p>Requests above the limit are answered with <code>429 Too Many Requests</code> and are not queued.</p>",
        "<p>Requests above the limit are answered with <code>429 Too Many Requests</code> and a <code>Retry-After</code> "
        "header; they are not queued.</p>\n<p>The header says how many seconds to wait before the next request.</p>",
    ),
    ("<li>Wait a minute.</li>", "<li>Wait as long as <code>Retry-After</code> says.</li>"),
    ("    time.sleep(60)", '    time.sleep(int(response.headers["Retry-After"]))'),
    (
        '<p><ac:image ac:width="500"><ri:attachment ri:filename="limits.png" /></ac:image></p>',
        '<p><ac:image ac:width="500"><ri:attachment ri:filename="limits-2026.png" /></ac:image></p>',
    ),
]
AFTER = BEFORE
for _old, _new in _CHANGES:
    assert _old in AFTER
    AFTER = AFTER.replace(_old, _new)

PREVIOUS = AFTER.replace("<td>80</td>", "<td>60</td>").replace("; they are not queued", "")


def review(**changes: object) -> Review:
    """Give the review of the edit above, with any field changed."""
    fields: dict[str, object] = {
        "document_id": "doc-5f2c9a71",
        "revision": 2,
        "kind": "update",
        "title": "Rate limits",
        "page_url": "https://wiki.example.com/wiki/spaces/SD/pages/4711/Rate+limits",
        "parent_title": None,
        "sources": (TICKET,),
        "why": "The page holds the table of limits per plan, and the ticket changes the partner's.",
        "confidence": 0.92,
        "chosen_by": "the model",
        "summary": "Raises the partner limit to 250 requests per minute and explains the Retry-After header.",
        "before": BEFORE,
        "after": AFTER,
        "changes": (
            BlockChange(
                Replace("b", ""),
                "b",
                ("Rate limits",),
                "<p>…</p>",
                "<p>…</p>",
                (Token("inline-comment", "rotate"),),
            ),
            BlockChange(Delete("c"), "c", ("Rate limits",), "<p>…</p>", "", (Token("jira-macro", "PAY-7"),)),
        ),
        "previous": PREVIOUS,
        "follows": 1,
        "diff_url": "https://api.example.com/prod/reviews/doc-5f2c9a71/2?signature=abc",
    }
    return Review(**{**fields, **changes})  # type: ignore[arg-type]
