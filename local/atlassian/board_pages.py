"""The board: one page in the browser with all tickets and pages, where a person can act as any account."""

import json
from typing import Any

from werkzeug.wrappers import Response

from local.atlassian.browser_pages import BOARD, issue_html, page_html, whole_page
from local.atlassian.confluence.pages import PageStore, Place, StoredPage
from local.atlassian.jira import workflow
from local.atlassian.jira.issue import Issue
from local.atlassian.pipeline_watch import PipelineView, webhook_outcome
from local.atlassian.routing import Call, Routes, answer

routes = Routes()
_SCRIPTS = frozenset(file.name for file in (BOARD / "js").glob("*.js"))


@routes.on("GET", "/", "/board")
def board(call: Call) -> Response:
    """Show the board."""
    people = [
        {"name": each.name, "shown": each.display_name, "authorization": each.authorization}
        for each in call.site.people.all
        if each.account_type == "atlassian"
    ]
    settings = {
        "people": people,
        "statuses": [each.name for each in workflow.STATUSES],
        "types": [each.name for each in workflow.ISSUE_TYPES if not each.subtask],
        "projects": list(call.site.jira.projects),
    }
    # "<" is escaped, because a name could otherwise close the script element.
    data = json.dumps(settings).replace("<", "\\u003c")
    body = (
        (BOARD / "board.html").read_text("utf-8")
        + f'<script type="application/json" id="settings">{data}</script>'
        + '<script type="module" src="/board/js/main.js"></script>'
    )
    scripts = f"{call.request.host_url}board/js/"
    return whole_page("Kinexus board", body, css_class="board", scripts=scripts)


@routes.on("GET", "/board/js/<name>")
def board_script(call: Call, name: str) -> Response:
    """Return one of the board's scripts."""
    if name not in _SCRIPTS:
        raise call.refusal(404, f"The board has no script {name}")
    script = (BOARD / "js" / name).read_text("utf-8")
    headers = {"Cache-Control": "no-cache", "X-Content-Type-Options": "nosniff"}
    return Response(script, headers=headers, content_type="text/javascript; charset=utf-8")


@routes.on("GET", "/board/data")
def board_data(call: Call) -> Response:
    """Return the board's data: all tickets and the page tree."""
    store = call.site.confluence
    trees = [_tree(store.pages[space.homepage_id], store, call, 0) for space in store.spaces.values()]
    return answer(
        {
            "issues": [_card(each, call) for each in call.site.jira.issues.values()],
            "pages": [page for tree in trees for page in tree],
            "pending": len(call.site.post.pending()),
        }
    )


def _card(issue: Issue, call: Call) -> dict[str, Any]:
    card: dict[str, Any] = {
        "key": issue.key,
        "summary": issue.fields.summary,
        "status": issue.fields.status.name,
        "type": issue.fields.issue_type.name,
        "labels": issue.fields.labels,
        "comments": len(issue.comments),
        "review": "kinexus.review" in issue.properties,
    }
    if issue.fields.status.category is workflow.DONE and (outcome := webhook_outcome(call.site, issue.key)):
        card["webhook"] = outcome
    return card


def _tree(place: Place, store: PageStore, call: Call, depth: int) -> list[dict[str, Any]]:
    """List the pages below a place; folders and other containers only indent their children."""
    if not store.may_view(place, call.account):
        return []
    rows: list[dict[str, Any]] = []
    if isinstance(place, StoredPage):
        rows.append(
            {
                "id": place.id,
                "title": place.title,
                "depth": depth,
                "version": place.current.number,
                "status": place.status,
            }
        )
        if place.draft:
            rows[0]["draft"] = place.draft.saved.isoformat()
    for child in store.below(place):
        rows += _tree(child, store, call, depth + 1)
    return rows


@routes.on("GET", "/board/issue/<key>")
def board_issue(call: Call, key: str) -> Response:
    """Return an issue as an HTML fragment."""
    return Response(issue_html(call.site.jira.get(key), call), content_type="text/html; charset=utf-8")


@routes.on("GET", "/board/page/<page_id>")
def board_page(call: Call, page_id: str) -> Response:
    """Return a page as an HTML fragment."""
    page = call.site.confluence.get(page_id, call.account)
    return Response(
        page_html(page, call, call.number("version", 0, 1_000_000) or None),
        content_type="text/html; charset=utf-8",
    )


@routes.on("GET", "/board/pipeline")
def board_pipeline(call: Call) -> Response:
    """Return the pipeline's steps for a ticket, or its latest steps, queues and dead letters.

    It asks AWS, which may be waiting for this site, so it is served without the site's lock.
    """
    return answer(PipelineView(call.site).shown(call.argument("issue")))
