"""Comments as people write them, with their decisions; ` ¶ ` separates paragraphs, ` ⏎ ` breaks a line."""

from __future__ import annotations

from typing import Any

from common.markup import adf

#: Approvals.
APPROVALS = [
    "APPROVED", "approved", "Approved", "Approved.", "approved!", "APPROVED!!!", "Approve", "APPROVE!", "LGTM", "lgtm",
    "LGTM!", "lgtm.", "Ship it", "SHIP IT", "Ship it!", "ship it.", "shipit", "ship-it!", "**APPROVED**", "*APPROVED*",
    "_Approved_", "__approved__", "***APPROVED***", "*LGTM*!", "**Approved**, thanks", "**Approved, thanks!**", "✅", "✅✅",
    "✅ Approved", "✅ LGTM", "✅ ship it!", "✅\ufe0f", ":white_check_mark:", "✅ looks good", "✅ all clear", "LGTM 🚀",
    "LGTM 👍", "LGTM 👍🏽", "LGTM +1", "APPROVED :+1:", "APPROVED 🎉🎉", "Approved ❤\ufe0f", "APPROVED ✔\ufe0f", "Approved :)",
    "APPROVED ;-)", "Ship it 🚢", "SHIP IT! 🚀", "@Dana APPROVED", "@Dana, approved", "@Dana: LGTM", "@Dana - approved",
    "@Dana @Lee APPROVED", "@dana.developer approved, thanks!", "@Dana ⏎ APPROVED", "@Dana ✅",
    "APPROVED @Dana", "APPROVED, thanks @Dana!", "LGTM cc @Lee", "Approved, thanks", "approved thanks", "Approved, thanks!",
    "APPROVED. Thanks.", "APPROVED, thank you", "APPROVED – thank you very much!", "APPROVED — many thanks", "Approved, thx",
    "approved, cheers", "Approved. Thanks a lot!", "Approved. Thanks everyone, well done!", "approved, thanks team",
    "lgtm, thanks Ana", "LGTM, thanks Ana!", "Approved, thank you Jean-Luc.", "APPROVED ¶ Thanks Dana", "APPROVED, danke",
    "APPROVED, vielen Dank", "Approved, merci", "Approved, merci beaucoup !", "Approved. Gracias!",
    "Approved, obrigado", "Approved, grazie mille", "APPROVED, tack", "APPROVED, dziękuję", "APPROVED. Спасибо!",
    "APPROVED，谢谢！", "APPROVED。ありがとうございます。", "APPROVED, 감사합니다", "APPROVED - looks good to publish",
    "APPROVED: looks good to me", "LGTM, looks great", "Approved, looks fine to me", "APPROVED, please publish",
    "APPROVED, please publish it.", "Approved, please go ahead", "Approved, let's publish", "Approved, let’s ship it",
    "LGTM, ship it!", "LGTM, approved", "approved as is", "Approved as-is", "Approved, good to go", "APPROVED, ready to publish",
    "APPROVED, all good", "Approved, works for me", "Approved, reads well", "Approved. Very clear, well written.",
    "Approved (thanks!)", "APPROVED revision 2", "Approved, revision 2", "APPROVED ¶ revision 2, thanks", "LGTM revision 2 🚀",
    "APPROVED ¶ Thanks, looks great!", "APPROVED ⏎ thanks ⏎ well done", "  APPROVED  ", "APPROVED\u00a0", "\u00a0APPROVED",
    "APPROVED ANYWAY", "Approved anyway, thanks", "**APPROVED ANYWAY**",
]  # fmt: skip

#: No decision at all, by language.
SAYS_MORE = {
    "English": [
        "LGTM, said nobody ever", "Ship it straight into the bin", "APPROVED the day hell freezes over",
        "APPROVED for section 2. Section 3 contradicts the runbook.", "APPROVED, typo in line 2 must go",
        "LGTM from the docs side, engineering still has to check the numbers", "APPROVED (staging only)",
        "APPROVED ¶ Please don't let this go out yet.", "APPROVED ¶ PS: on reflection, I withdraw this.",
        "APPROVED by me, Lee must sign too", "LGTM ¶ (wrong ticket, ignore)", "APPROVED ¶ Lee must sign too",
        "APPROVED - engineering still has to check the numbers", "APPROVED ¶ Looks great, the OAuth flow is clear.",
        "LGTM thanks wait", "Approved. Thanks. Later", "APPROVED, thanks nein", "APPROVED thanks, but",
        "APPROVED once the typo is fixed", "Approved if legal agrees", "Approved unless Tom objects", "Approved pending legal",
        "Approved subject to the changes below", "approved when the build is green", "Approved with minor changes",
        "LGTM modulo the typo", "LGTM with nits", "LGTM but fix the typo", "LGTM so far", "Approved, mostly",
        "Approved in principle", "Approved for staging only", "Approved except section 4", "Approved tomorrow",
        "Ship it tomorrow", "SHIP IT on Monday", "Ship it later", "APPROVED please", "Approved, please", "Approved not yet",
        "APPROVED - NOT", "Approved: no", "Approved? No.", "Approved?", "APPROVED???", "Approved, right?", "APPROVED (?)",
        "APPROVED!?", "APPROVED...", "APPROVED…", "APPROVED :(", "APPROVED :-(", "APPROVED :/", "APPROVED -1", "APPROVED -.-",
        "APPROVED 👎", "LGTM 🤔", "APPROVED ❌", "APPROVED ⏳", "APPROVED 🙃", "✅?", "✅ is shown for failed jobs, which is wrong",
        "✅ tests green ¶ ⏳ numbers still to be checked", "✅ for the intro, the rest needs work", "✅\u20e0", "✅ not yet",
        "✅ wording ⏎ ✅ links ⏎ ❌ screenshot is outdated", "✅ heading ⏎ 🔄 table", "APPROVED / REJECTED", "APPROVED or REJECTED",
        "APPROVED REJECTED", "APPROVED ¶ REJECTED", "APPROVED ⏎ REJECTED ⏎ NEEDS REVISION", "APPROVED, no wait, REJECTED",
        "APPROVED ¶ NEEDS REVISION: the port is wrong", "Approve or reject?", "Approved requests are logged now",
        "Approved vendors list is missing", "Approve button is missing in the picture", "APPROVED means published",
        "APPROVED should be explained", "APPROVED is what I would say if it were right", "Approved by John already, I disagree",
        "Approved by legal", "approved on my side, waiting for Bob", "Approved revision 1 but not revision 2",
        "APPROVED revision 1, revision 2", "APPROVED revision two", "APPROVED version 7", "APPROVED 2", "Approved 50%",
        "Approved, great, publish never", "Approved as is not", "Approved, all but one", "Approved, good to go never",
        "APPROVED looks", "APPROVED to", "APPROVED all", "APPROVED for me", "approved-ish", "APPROVED_BY", "APPROVED_thanks",
        "Approved's", "APPROVED `thanks`", "APPROVED [thanks]", "APPROVED (thanks", "APPROVED thanks)", "APPROVED *thanks",
        'APPROVED "thanks"', "APPROVED & published soon", "APPROVED thanks Dana wait", "APPROVED, thanks Dana and Lee",
        "APPROVED, thanks, Nein", "APPROVED thanks ⏎ Nein", "APPROVED thanks ¶ Nein", "APPROVED, thanks NOT", "APPROVED Nein",
        "APPROVED looks good Nein", "APPROVED, thanks Ana @Lee", "APPROVED ANYWAY?", "APPROVED, anyway", "LGTM anyway",
        "APPROVED ANYWAY, but tell Lee", "APPROVED anyway not", "Ship it, Sherlock", "Approve this? Over my dead body",
    ],
    "German": [
        "APPROVED ist das noch lange nicht", "APPROVED - ist das noch lange nicht", "APPROVED, aber der Link fehlt noch",
        "Approved, wenn der Link stimmt", "Approved sobald der Release draußen ist", "APPROVED nicht", "LGTM, bis auf Zeile 3",
        "APPROVED, danke, doch erst morgen", "APPROVED – leider nein",
    ],
    "French": [
        "APPROVED quand le lien sera corrigé", "APPROVED, mais pas la section 2", "Approved sauf le tableau",
        "APPROVED… ou pas", "LGTM, merci de corriger la ligne 3", "APPROVED, non merci", "APPROVED sous réserve",
    ],
    "Spanish": [
        "APPROVED todavía no", "Approved, pero falta el enlace", "APPROVED cuando Ana lo revise", "LGTM salvo la tabla",
        "APPROVED, gracias, pero no", "APPROVED jamás", "Approved a medias",
    ],
    "Italian": [
        "APPROVED ¶ ma non ancora", "APPROVED, però manca una riga", "Approved appena è corretto", "LGTM tranne la tabella",
        "APPROVED prima legale", "APPROVED mai", "Approved, grazie, no",
    ],
    "Portuguese": [
        "APPROVED ainda não", "Approved, mas falta o link", "APPROVED assim que o Rui confirmar", "LGTM exceto a tabela",
        "APPROVED nunca", "Approved, obrigado, só que não",
    ],
    "Dutch": [
        "APPROVED nog niet", "Approved, maar de tabel klopt niet", "APPROVED zodra de link werkt", "LGTM op één ding na",
        "APPROVED mits juridisch akkoord", "Approved, bedankt, liever niet",
    ],
    "Swedish": [
        "APPROVED inte än", "Approved, men tabellen är fel", "APPROVED när länken funkar", "LGTM utom rad tre",
        "APPROVED tack men nej tack", "Approved aldrig",
    ],
    "Danish": ["APPROVED ikke endnu", "Approved, men tabellen mangler", "APPROVED når Lise siger god", "LGTM tak nej"],
    "Norwegian": ["APPROVED ikke ennå", "Approved, men lenken er død", "APPROVED når det er rettet", "LGTM bortsett fra to"],
    "Finnish": ["APPROVED ei vielä", "Approved, mutta taulukko on väärin", "APPROVED kun linkki toimii", "LGTM kiitos ei"],
    "Polish": [
        "LGTM, tylko popraw tabelę", "APPROVED jeszcze nie", "Approved, ale brakuje linku", "APPROVED jak poprawisz",
        "APPROVED nigdy", "LGTM dzięki, nie",
    ],
    "Czech": ["APPROVED ještě ne", "Approved, ale tabulka je špatně", "APPROVED až po opravě", "LGTM kromě řádku 3"],
    "Slovak": ["APPROVED ešte nie", "Approved, ale chýba odkaz", "APPROVED keď to opravíš"],
    "Hungarian": ["APPROVED még nem", "Approved, de hibás a táblázat", "APPROVED ha kész a javítás", "LGTM köszönöm nem"],
    "Romanian": ["APPROVED încă nu", "Approved, dar lipsește un rând", "APPROVED după corectare", "LGTM cu excepția tabelului"],
    "Turkish": ["APPROVED değil", "APPROVED henüz değil", "Approved ama tablo yanlış", "LGTM teşekkürler hayır"],
    "Greek": ["APPROVED όχι ακόμα", "Approved, αλλά λείπει ο πίνακας", "APPROVED όταν διορθωθεί", "LGTM ποτέ"],
    "Russian": [
        "APPROVED пока не могу дать", "APPROVED не сейчас", "Approved, но таблица неверна", "APPROVED после правок",
        "LGTM спасибо, нет", "APPROVED никогда", "APPROVED: нет",
    ],
    "Ukrainian": ["APPROVED ще ні", "Approved, але таблиця хибна", "APPROVED після виправлень", "LGTM дякую, ні"],
    "Bulgarian": ["APPROVED още не", "Approved, но липсва ред", "APPROVED след корекция"],
    "Croatian": ["APPROVED još ne", "Approved, ali tablica nije točna", "APPROVED kad popraviš"],
    "Indonesian": ["APPROVED belum", "APPROVED tak", "Approved, tapi tabelnya salah", "APPROVED jangan dulu"],
    "Vietnamese": ["APPROVED chưa", "Approved, nhưng bảng sai", "APPROVED sau khi sửa", "LGTM không"],
    "Japanese": [
        "APPROVED しません", "APPROVED ではありません", "APPROVED、ただし表を直してから", "LGTM まだ", "APPROVED ありがとうございましたが",
        "APPROVEDできない", "APPROVED？",
    ],
    "Chinese": [
        "APPROVED，但是表格里的数字不对", "APPROVED 还不行", "APPROVED 不", "LGTM，请先改表格", "APPROVED，谢谢，不用了", "APPROVED吗",
    ],
    "Korean": ["APPROVED 하지 마세요", "APPROVED 아직", "APPROVED, 하지만 표가 틀렸어요", "LGTM 아니요", "APPROVED 감사합니다만"],
    "Arabic": ["APPROVED ليس بعد", "APPROVED لا", "Approved، لكن الجدول خاطئ", "APPROVED؟"],
    "Hebrew": ["APPROVED עדיין לא", "Approved, אבל הטבלה שגויה", "APPROVED לא"],
    "Persian": ["APPROVED نه هنوز", "Approved، اما جدول اشتباه است"],
    "Hindi": ["APPROVED नहीं", "APPROVED अभी नहीं", "Approved, लेकिन तालिका गलत है"],
    "Thai": ["APPROVED ยังไม่ได้", "Approved แต่ตารางผิด"],
    "Lithuanian": ["APPROVED dar ne", "Approved, bet lentelė neteisinga"],
    "Latin": ["APPROVED nondum", "APPROVED numquam, gratias"],
}  # fmt: skip

#: No decision: without a decision word at the beginning, or with one that asks another person.
NOTHING = [
    "", " ", "Thanks!", "👍", "Looks good", "looks good to me", "Done", "Hmm, numbers in row 3 look off to me", "Hm.", "Well?",
    "not approved", "Not approved yet", "NOT APPROVED", "Not ⏎ APPROVED", "Never approved", "I don't approve", "I approved",
    "I approve", "We hereby approve", "cannot approve", "Please approve", "Bitte approve", "pls ship it", "Can someone approve?",
    "Is this approved", "Who approved this?", "Tom said: APPROVED", "Lee, on Slack this morning: ¶ APPROVED",
    "From: Lee Wong ¶ Sent: Tuesday ¶ APPROVED", "-----Original Message----- ¶ APPROVED", "Lee wrote ⏎ APPROVED",
    "Hi team, APPROVED", "Thanks! APPROVED", "Sehr gut, APPROVED", "Decision: APPROVED", "Looks good, approved", "Yes, approved",
    "The table is right. ¶ APPROVED", "If the table is corrected: ¶ APPROVED", "@Dana approve", "@Dana ship it!", "@Dana, SHIP IT",
    "@Dana please approve", "@Dana @Lee approve", "@Dana reject", "@Dana request changes", "Approve @Dana", "Ship it @Dana",
    "@Dana ¶ approve", "@Dana not APPROVED", "@Dana Developer APPROVED", "❎ APPROVED", "👎 APPROVED", "⏳ APPROVED",
    "✖ APPROVED", "🚫 LGTM", "✔", "☑ APPROVED", "❌✅", "✅❌", "❌ APPROVED", "(APPROVED)", '"APPROVED"', "“APPROVED”", "«APPROVED»",
    "'approved'", "!APPROVED", "…APPROVED", "~APPROVED~", "~~APPROVED~~", "¬APPROVED", "> APPROVED", "> Lee wrote ⏎ APPROVED", "> Lee wrote ¶ APPROVED", "@Lee: ⏎ APPROVED", "@Lee: ¶ APPROVED", "@Dana ¶ APPROVED",
    "> Lee wrote\u2028APPROVED", "> Lee wrote\u0085APPROVED", "> Lee wrote\x0bAPPROVED", "> Lee wrote\x0cAPPROVED",
    "> Lee wrote\rAPPROVED", "~~All good\u2028APPROVED~~", "All good\u2028APPROVED", "\u2028APPROVED", "APPROVED\u2028not yet",
    "APPROVED\u2028thanks", "APPROVED\r", "APPROVED\x0b", "APPROVED\u0085", "APPROVED\x00", "``` ⏎ APPROVED ⏎ ```",
    "``` ¶ APPROVED ¶ ```", "<b>APPROVED", '{"decision": "APPROVED"}', "UNAPPROVED", "Disapproved.", "Pre-approved", "approves",
    "approving", "approval", "Approval granted", "APPROVEDLY", "Shipping it", "shipit2", "APROVED", "genehmigt", "A P P R O V E D",
    "ＡＰＰＲＯＶＥＤ", "\u0410PPROVED", "APPR\u041eVED", "\u0391PPROVED", "APP\u200bROVED", "APP\u00adROVED", "\u200bAPPROVED",
    "\ufeffAPPROVED", "APPROVED\u200b", "APPROVED\u200b\u0430", "APPROVED\u0336", "A\u0336P\u0336P\u0336R\u0336O\u0336V\u0336E\u0336D",
    "\u202eDEVORPPA", "\u202eAPPROVED", "\u2066APPROVED\u2069", "APPROVED \u202eon", "\u017fhip it", "than\u212as", "𝐀𝐏𝐏𝐑𝐎𝐕𝐄𝐃",
    "🅰\ufe0fPPROVED", "APPROVED th\u0430nks", "APPROVED t\u200bhanks", "APPROVED than\u212as", "APPROVED thank\u017f",
    "APPROVED \u3164", "APPROVED \ufdd0", "\ufdd0APPROVED not", "APPROVED \ue000", "APPROVED ❤\ufe0f\u200d🔥", "APPROVED\u00a0\u2003ok",
    "Revision needed", "No changes requested", "Not needs revision", "Rejected vendor list is missing on this page, please add",
    "Rejected orders are not mentioned", "REJECTED is a status too", "Rejected?", "Reject if the tests fail",
    "Rejected unless shortened", "Rejected / needs revision", "REJECTED or APPROVED", "REJECTED ⏎ APPROVED ⏎ NEEDS REVISION",
    "It was rejected by the board", "Sorry, REJECTED", "Rejected-vendor list", "REJECTEDИ", "rejected.csv is missing", "❌?",
    "❌ screenshot is outdated ⏎ ✅ commands work", "Needs revision?", "Requested changes look good",
    "Changes requested have been made, please look again", "Changes requested by Tom are in", "Pls reject", "|APPROVED|",
]  # fmt: skip

#: Rejections, with their feedback.
REJECTIONS = {
    "REJECTED": "", "Rejected.": "", "reject": "", "REJECT!": "", "**REJECTED**": "", "❌": "", ":x:": "", "❌ wrong page": "wrong page",
    "❌ not approved, wrong page": "not approved, wrong page", "**Rejected**: duplicate": "duplicate",
    "*REJECTED* – belongs to the runbook": "belongs to the runbook", "REJECTED - who asked for this?": "who asked for this?",
    "REJECTED: what is this about?": "what is this about?", "REJECTED:wrong page": "wrong page",
    "Rejected because the page is outdated": "because the page is outdated", "Rejected, but I like it": "but I like it",
    "REJECTED. (was: APPROVED)": "was: APPROVED)", "Rejected (duplicate)": "duplicate)", "REJECTED — 不要": "不要",
    "REJECTED，重复": "，重复", "REJECTED ⏎ wrong page": "wrong page", "REJECTED ¶ Would be APPROVED as a shorter text.":
    "Would be APPROVED as a shorter text.", "@Dana REJECTED: see the chat": "see the chat", "[~5b10] rejected": "",
    "rejected -- nobody needs this": "nobody needs this", "REJECTED!": "", "REJECTED;": "", "Rejected\u00a0": "",
}  # fmt: skip

#: Requests for a revision, with their feedback.
REVISIONS = {
    "NEEDS REVISION": "", "Needs revision.": "", "needs revision: mention the retries": "mention the retries",
    "NEEDS REVISION please shorten": "please shorten", "Needs a revision, the table is wrong": "the table is wrong",
    "NEEDS REVISION - why is the limit not mentioned?": "why is the limit not mentioned?", "NEEDS_REVISION": "",
    "NEEDS REVISION: Rejected by legal, please shorten": "Rejected by legal, please shorten", "Needs-revision: typos": "typos",
    "NEEDS REVISION ¶ Explain what happens if the token expires.": "Explain what happens if the token expires.",
    "NEEDS REVISION, will be APPROVED afterwards": "will be APPROVED afterwards", "REQUEST CHANGES": "",
    "Request changes: shorter, please": "shorter, please", "Requesting changes, see below": "see below",
    "CHANGES REQUESTED ⏎ heading ⏎ table": "heading\ntable", "🔄": "", "🔄 please add the new endpoint": "please add the new endpoint",
    ":arrows_counterclockwise: once more": "once more", "**NEEDS REVISION** – step two is missing": "step two is missing",
    "@Dana NEEDS REVISION": "", "Needs revision if the API changed": "if the API changed", "NEEDS REVISION: 表が違います": "表が違います",
    "needs revision, numbers are off 👎": "numbers are off 👎",
}  # fmt: skip

#: Harmless words: alone no decision, and after an approval it remains valid.
HARMLESS = [
    "Thanks!", "thank you all", "👍", "🎉 🎉", "Looks good to me", "@Dana", "Thanks @Dana!", "well done, all clear", "danke", ":-)",
    "*Great work*", "", "please publish", "Thanks Ana", "Yes.",
]  # fmt: skip


def text(value: str, *marks: str) -> adf.Node:
    """Return an ADF text node as it came from Jira, with invisible characters unchanged."""
    node: adf.Node = {"type": "text", "text": value}
    return {**node, "marks": [{"type": mark} for mark in marks]} if marks else node


def paragraph(*content: adf.Node | str) -> adf.Node:
    """Return an ADF paragraph."""
    return node("paragraph", *(text(part) if isinstance(part, str) else part for part in content))


def node(kind: str, *content: adf.Node, **attrs: Any) -> adf.Node:
    """Return an ADF node with content and attributes."""
    return {"type": kind, "content": list(content), **({"attrs": attrs} if attrs else {})}


def doc(*content: adf.Node) -> adf.Node:
    """Return an ADF document."""
    return {"type": "doc", "version": 1, "content": list(content)}


def as_adf(comment: str) -> adf.Node:
    """Return a comment of the tables as Jira's editor stores it."""
    blocks = []
    for block in comment.split(" ¶ "):
        parts: list[adf.Node | str] = []
        for line in block.split(" ⏎ "):
            parts += [{"type": "hardBreak"}] if parts else []
            parts += [line] if line else []
        blocks.append(paragraph(*parts))
    return doc(*blocks)


def as_wiki(comment: str) -> str:
    """Return a comment of the tables as wiki markup."""
    return comment.replace(" ¶ ", "\r\n\r\n").replace(" ⏎ ", "\r\n")


MENTION = {"type": "mention", "attrs": {"id": "5b10", "text": "@Dana Developer"}}
BREAK = {"type": "hardBreak"}
APPROVED = paragraph("APPROVED")
WAIT = paragraph("Wait.")


def emoji(short_name: str, shown: str | None = None) -> adf.Node:
    """Return an ADF emoji node."""
    return {"type": "emoji", "attrs": {"shortName": short_name, **({"text": shown} if shown else {})}}


def item(*content: adf.Node) -> adf.Node:
    """Return a bulleted list of one item."""
    return node("bulletList", node("listItem", *content))


def status(shown: str) -> adf.Node:
    """Return a status lozenge."""
    return {"type": "status", "attrs": {"text": shown, "color": "green"}}


def code(body: str) -> adf.Node:
    """Return a code block."""
    return node("codeBlock", text(body))


TABLE = node("table", node("tableRow", node("tableCell", APPROVED)))

#: Structures of ADF that publish.
ADF_APPROVALS: list[adf.Node] = [
    doc(paragraph(text("APPROVED", "strong"), " thanks")),
    doc(paragraph(text("APPR", "strong"), text("OVED", "em"))),
    doc(paragraph(text("APPROVED", "strong", "underline", "textColor"))),
    doc(paragraph(MENTION, " APPROVED")),
    doc(paragraph(MENTION, "\u00a0approved, thanks")),
    doc(paragraph("APPROVED ", MENTION)),
    doc(paragraph("LGTM, thanks ", MENTION, "!")),
    doc(paragraph(emoji(":white_check_mark:", "✅"))),
    doc(paragraph(emoji(":white_check_mark:"))),
    doc(paragraph(emoji(":white_check_mark:", "✅"), " approved")),
    doc(paragraph("LGTM ", emoji(":rocket:", "🚀"))),
    doc(paragraph("LGTM ", emoji(":thumbsup::skin-tone-4:", "👍🏽"))),
    doc(node("heading", text("APPROVED"), level=2)),
    doc(item(APPROVED)),
    doc(item(APPROVED), item(paragraph("Thanks!"))),
    doc(node("orderedList", node("listItem", APPROVED))),
    doc(node("panel", APPROVED, panelType="success")),
    doc(node("decisionList", node("decisionItem", text("APPROVED"), state="DECIDED"))),
    doc(node("blockquote", paragraph("Can we publish this?")), APPROVED),
    doc(node("blockquote", paragraph("REJECTED?")), APPROVED),
    doc(code("REJECTED"), APPROVED),
    doc(TABLE, APPROVED),
    doc(paragraph(text("REJECTED", "strike")), APPROVED),
    doc(paragraph(), APPROVED, paragraph()),
    doc(paragraph(BREAK, "APPROVED", BREAK)),
    doc(APPROVED, node("heading", text("Thanks!"), level=3)),
]

#: Structures of ADF that publish nothing.
ADF_NOTHING: list[Any] = [
    doc(node("blockquote", APPROVED)),
    doc(node("blockquote", paragraph("Lee wrote\u2028APPROVED"))),
    doc(node("blockquote", node("bulletList", node("listItem", APPROVED)))),
    doc(node("blockquote", paragraph("Lee wrote"), APPROVED)),
    doc(code("APPROVED")),
    doc(code("```\nAPPROVED\n```")),
    doc(code("```"), paragraph("no"), APPROVED),
    doc(code("x\n```\nAPPROVED")),
    doc(item(code("APPROVED"))),
    doc(item(code("APPROVED"), WAIT)),
    doc(item(node("blockquote", APPROVED))),
    doc(TABLE),
    doc(node("table", node("tableRow", node("tableHeader", APPROVED), node("tableCell", WAIT)))),
    doc(paragraph(text("APPROVED", "strike"))),
    doc(paragraph(text("All good\u2028APPROVED", "strike"))),
    doc(paragraph(text("All good\rAPPROVED", "strike"))),
    doc(paragraph(text("All good", "strike"), BREAK, text("APPROVED", "strike"))),
    doc(paragraph(text("not", "strike"), " APPROVED")),
    doc(paragraph("APPROVED ", text("thanks", "strike"))),
    doc(paragraph(text("APP", "strike"), "ROVED")),
    doc(paragraph(text("APPROVED", "code"))),
    doc(paragraph(text("APPROVED", "code"), " is what you have to write")),
    doc(paragraph("APPROVED ", text("thanks", "code"))),
    doc(paragraph(text("NOT", "strong"), " APPROVED")),
    doc(paragraph("APPROVED", BREAK, "once it is fixed")),
    doc(
        paragraph(
            {
                "type": "text",
                "text": "APPROVED",
                "marks": [{"type": "link", "attrs": {"href": "https://a.b"}}],
            }
        )
    ),
    doc(paragraph({"type": "text", "text": "APPROVED", "marks": [{"type": "unheard of"}]})),
    doc(paragraph({"type": "text", "text": "APPROVED", "marks": ["strike"]}), WAIT),
    doc(paragraph(status("APPROVED docs")), paragraph(status("PENDING legal"))),
    doc(paragraph(status("APPROVED"))),
    doc(paragraph("APPROVED ", status("PENDING"))),
    doc(node("expand", paragraph("the old text"), title="APPROVED")),
    doc(node("expand", APPROVED, title="If legal agrees")),
    doc(node("expand", APPROVED, title="")),
    doc(node("nestedExpand", APPROVED)),
    doc(APPROVED, node("expand", paragraph("thanks"), title="but not yet")),
    doc(node("taskList", node("taskItem", text("APPROVED"), state="TODO"))),
    doc(node("taskList", node("taskItem", text("APPROVED"), state="DONE"))),
    doc(node("decisionList", node("decisionItem", text("APPROVED"), state="UNDECIDED"))),
    doc(APPROVED, node("blockquote", WAIT)),
    doc(APPROVED, node("blockquote", paragraph("thanks"))),
    doc(APPROVED, code("wait")),
    doc(APPROVED, TABLE),
    doc(APPROVED, paragraph(text("Wait", "strike"))),
    doc(APPROVED, node("rule")),
    doc(node("rule"), APPROVED),
    doc(APPROVED, node("mediaSingle", node("media", type="file", id="1"))),
    doc(node("mediaSingle", node("media", type="file", id="1")), APPROVED),
    doc(APPROVED, node("panel", WAIT, panelType="error")),
    doc(node("panel", paragraph("Lee:"), APPROVED, panelType="info")),
    doc(paragraph("APPROVED ", {"type": "inlineCard", "attrs": {"url": "https://a.b"}})),
    doc(paragraph({"type": "inlineCard", "attrs": {"url": "https://a.b"}}, "APPROVED")),
    doc(paragraph("APPROVED ", {"type": "date", "attrs": {"timestamp": "1900000000000"}})),
    doc(paragraph("APPROVED ", {"type": "placeholder", "attrs": {"text": "thanks"}})),
    doc(paragraph("APPROVED ", {"type": "inlineExtension", "attrs": {"text": "thanks"}})),
    doc(paragraph("APPROVED ", {"type": "unheard of", "text": "thanks"})),
    doc(node("unheard of", APPROVED)),
    doc(node("extension", APPROVED)),
    doc(paragraph(MENTION, " approve")),
    doc(paragraph(MENTION, " ship it!")),
    doc(paragraph(MENTION), APPROVED),
    doc(paragraph("> can we publish?"), APPROVED),
    doc(paragraph(MENTION, ":", BREAK, "APPROVED")),
    doc(paragraph(MENTION), paragraph("Ship it!")),
    doc(paragraph("Ship it ", MENTION)),
    doc(paragraph(MENTION, " said APPROVED")),
    doc(paragraph(MENTION, ":"), paragraph("He said"), APPROVED),
    doc(paragraph(emoji(":negative_squared_cross_mark:", "❎"), " APPROVED")),
    doc(paragraph(emoji(":white_check_mark:", "✅"), " tests green"), paragraph(emoji(":hourglass:", "⏳"))),
    doc(paragraph(emoji(":approved:"))),
    doc(paragraph(emoji(":x:", "APPROVED"))),
    doc(paragraph("APPROVED ", emoji(":thumbsdown:", "👎"))),
    doc(paragraph("APPROVED ", emoji(":company-logo:"))),
    doc(paragraph("APPROVED", {"type": "text", "text": None})),
    doc(paragraph("APPROVED", "\u20e0")),
    doc(paragraph("From: Lee Wong"), paragraph("Sent: today"), APPROVED),
    doc(paragraph("On Tuesday, Lee wrote:"), node("blockquote", WAIT), APPROVED),
    doc(),
    doc(None, APPROVED),  # type: ignore[arg-type]
    doc("APPROVED"),  # type: ignore[arg-type]
    {"type": "doc", "content": {"a": APPROVED}},
    {"type": "paragraph", "content": [text("APPROVED")]},
    {"content": [APPROVED]},
    {},
    None,
    7,
    ["APPROVED"],
]

#: Wiki markup that publishes.
WIKI_APPROVALS = [
    "*APPROVED*", "(/)", "(/) APPROVED", "APPROVED (y)", "h2. APPROVED", "* APPROVED", "# LGTM", "- Approved", "## APPROVED",
    "{panel}APPROVED{panel}", "{panel:bgColor=#fff}\nAPPROVED\n{panel}", "{color:#36b37e}APPROVED{color} \\\\ thanks",
    "{color:red}*APPROVED*{color}", "[~accountid:5b10ac8d82e05b22cc7d4ef5] APPROVED", "[~jdoe], LGTM", "APPROVED [~jdoe]",
    "bq. can we publish?\n\nAPPROVED", "{quote}REJECTED?{quote}\nAPPROVED", "{code}\nREJECTED\n{code}\n\nAPPROVED",
    "|| a || b ||\n| 1 | 2 |\n\nAPPROVED", "-REJECTED-\n\nAPPROVED", "APPROVED\r\nthanks", "\n\nAPPROVED\n\n",
]  # fmt: skip

#: Wiki markup that publishes nothing.
WIKI_NOTHING = [
    "-APPROVED-", "-All good\u2028APPROVED-", "-not- APPROVED", "APPROVED -thanks-", "bq. APPROVED", "bq. Lee wrote\nAPPROVED",
    "bq. Lee wrote\u2028APPROVED", "bq. Lee wrote\rAPPROVED", "{quote}APPROVED{quote}", "{quote}\nAPPROVED\n{quote}",
    "{quote}APPROVED", "{code}APPROVED{code}", "{code:java}\nAPPROVED\n{code}", "{code}APPROVED", "{noformat}APPROVED{noformat}",
    "{{APPROVED}}", "APPROVED {{thanks}}", "| APPROVED |", "|| APPROVED ||", "|a|\nAPPROVED", "{quote}x {code}{quote}{code} APPROVED{quote}",
    "{noformat}{code}{noformat}\nAPPROVED\n{code}x{code}", "{quote}a{quote}APPROVED{quote}wait{quote}", "* {code}APPROVED{code}",
    "{panel:title=If legal agrees}APPROVED{panel}", "{panel}APPROVED{panel} wait", "{panel}{quote}APPROVED{quote}{panel}",
    "{panel}\n{panel}\nwait\nAPPROVED", "{expand:APPROVED}wait{expand}", "{expand}APPROVED{expand}", "{info}APPROVED{info}",
    "{html}APPROVED{html}", "\\{quote}APPROVED\\{quote}", "APPROVED {quote}thanks{quote}", "APPROVED\n{code}wait{code}",
    "APPROVED\n|wait|", "APPROVED\nbq. wait", "APPROVED\n----\nthanks", "----\nAPPROVED", "APPROVED (n)", "APPROVED (?)",
    "(x) APPROVED", "(!) APPROVED", "[~jdoe] approve", "[~jdoe] ship it", "Ship it [~jdoe]", "[APPROVED]", "[APPROVED|https://a.b]",
    "[x] APPROVED", "[ ] APPROVED", "??APPROVED??", "+APPROVED+", "^APPROVED^", "!APPROVED.png!", "APPROVED !shot.png!",
    "&gt; Lee wrote\nAPPROVED", "> can we publish?\n\nAPPROVED", "&#65;PPROVED", "{adf}{\"type\":\"doc\"}{adf}APPROVED", "APPROVED\n* but only\n** section 2",
    "* Lee:\n* APPROVED", "h1. Lee said\nAPPROVED", "{quote}{quote}{quote}APPROVED", "{color:red}not{color} APPROVED",
]  # fmt: skip
