"""Pages for the browser: issues and Confluence pages as HTML."""

from html import escape
from pathlib import Path
from typing import Any

from werkzeug.wrappers import Response

from local.atlassian.confluence.page_json import webui
from local.atlassian.confluence.pages import StoredPage
from local.atlassian.confluence.storage_html import storage_to_html
from local.atlassian.documents.adf_html import adf_to_html, safe_link
from local.atlassian.jira import workflow
from local.atlassian.jira.issue import Issue
from local.atlassian.routing import Call, Routes

routes = Routes()
BOARD = Path(__file__).parent / "board"


def whole_page(title: str, body: str, *, css_class: str = "", scripts: str = "") -> Response:
    """Return a complete HTML page with its style; `scripts` is the URL of the folder whose scripts may run."""
    style, allowed = (BOARD / "board.css").read_text("utf-8"), scripts or "'none'"
    page = (
        f'<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><title>{escape(title)}</title>'
        f'<meta name="viewport" content="width=device-width,initial-scale=1"><link rel="icon" href="data:,">'
        f'<style>{style}</style></head><body class="{css_class}">{body}</body></html>'
    )
    policy = (
        f"default-src 'none'; style-src 'unsafe-inline'; script-src {allowed}; connect-src 'self'; "
        "img-src 'self' data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    )
    return Response(
        page,
        content_type="text/html; charset=utf-8",
        headers={
            "Content-Security-Policy": policy,
            "X-Content-Type-Options": "nosniff",
            "Referrer-Policy": "no-referrer",
        },
    )


def _when(moment: Any) -> str:
    return f"<time>{moment:%Y-%m-%d %H:%M:%S}</time>"


def issue_html(issue: Issue, call: Call) -> str:
    """Return an issue as an HTML fragment: fields, description, links, comments, history."""
    fields, jira = issue.fields, call.site.jira
    people = {each.account_id: each.display_name for each in call.site.people.all}
    labels = " ".join(f'<span class="label">{escape(label)}</span>' for label in fields.labels)
    links = []
    for link in jira.links_of(issue):
        _, inward, outward = jira.link_types[link.type_id]
        verb, other = (outward, link.outward) if link.inward == issue.id else (inward, link.inward)
        end = jira.issues[other]
        links.append(
            f'<li>{escape(verb)} <a href="/browse/{escape(end.key)}" data-issue="{escape(end.key)}">'
            f"{escape(end.key)}</a> {escape(end.fields.summary)}</li>"
        )
    for remote in issue.remote_links:
        thing = remote.body["object"]
        links.append(
            f'<li>↗ <a href="{escape(safe_link(str(thing["url"])))}" rel="noopener">'
            f"{escape(str(thing['title']))}</a></li>"
        )
    comments = "".join(
        f'<article class="comment"><header><b>{escape(comment.author.display_name)}</b> {_when(comment.created)}'
        f"{' (edited)' if comment.updated != comment.created else ''}</header>"
        f"{adf_to_html(_named(comment.body, people))}</article>"
        for comment in issue.comments
    )
    history = "".join(
        f"<li>{_when(change.created)} {escape(change.author.display_name)}: "
        + escape(
            "; ".join(
                f"{item.name or item.field_id}: {item.old_text or '–'} → {item.new_text or '–'}"
                for item in change.items
            )
        )
        + "</li>"
        for change in issue.history
    )
    return (
        f'<h2><a href="/browse/{issue.key}">{issue.key}</a> {escape(fields.summary)}</h2>'
        f'<p class="facts"><span class="status status-{fields.status.category.key}">{escape(fields.status.name)}'
        f"</span> {escape(fields.issue_type.name)} {labels} "
        f"{escape(workflow.RESOLUTIONS.get(fields.resolution or '', ''))}</p>"
        f'<section class="document">{adf_to_html(fields.description) or "<p>No description.</p>"}</section>'
        + (f"<h3>Links</h3><ul>{''.join(links)}</ul>" if links else "")
        + f"<h3>Comments</h3>{comments or '<p>No comments yet.</p>'}"
        + (f"<details><summary>History</summary><ul>{history}</ul></details>" if history else "")
    )


def _named(node: Any, people: dict[str, str]) -> Any:
    """Return the document with display names added to mentions that have only an account id, as Jira shows them."""
    if isinstance(node, list):
        return [_named(each, people) for each in node]
    if not isinstance(node, dict):
        return node
    if node.get("type") == "mention" and not node["attrs"].get("text"):
        account_id = str(node["attrs"]["id"])
        return {**node, "attrs": {**node["attrs"], "text": f"@{people.get(account_id, account_id)}"}}
    return {key: _named(value, people) for key, value in node.items()}


def page_html(page: StoredPage, call: Call, number: int | None = None) -> str:
    """Return a Confluence page as an HTML fragment: path, body, unpublished draft, versions, storage format."""
    store = call.site.confluence
    version = next((each for each in page.versions if each.number == number), page.current)
    people = {each.account_id: each.display_name for each in call.site.people.all}
    path = " / ".join(escape(each.title) for each in store.ancestors(page))
    versions = "".join(
        f'<li><a href="/wiki{escape(webui(page, store))}?version={each.number}" data-page="{page.id}" '
        f'data-version="{each.number}">v{each.number}</a> {_when(each.created)} '
        f"{escape(each.author.display_name)} {escape(each.message)}</li>"
        for each in reversed(page.versions)
    )
    labels = " ".join(f'<span class="label">{escape(label)}</span>' for label in page.labels)
    draft = ""
    if page.draft and (page.draft.title, page.draft.storage) != (page.current.title, page.current.storage):
        draft = (
            f"<h3>Unpublished draft</h3><p>{escape(page.draft.author.display_name)}, {_when(page.draft.saved)}</p>"
            f'<section class="document page">{storage_to_html(page.draft.storage, people)}</section>'
        )
    return (
        f'<p class="facts">{path}</p><h2>{escape(version.title)}</h2>'
        f'<p class="facts">version {version.number} of {page.current.number}, {escape(page.status)} {labels}</p>'
        f'<section class="document page">{storage_to_html(version.storage, people)}</section>'
        f"{draft}<h3>Versions</h3><ul>{versions}</ul>"
        f"<details><summary>Storage format</summary><pre>{escape(version.storage)}</pre></details>"
    )


@routes.on("GET", "/browse/<key>")
def browse_issue(call: Call, key: str) -> Response:
    """Show an issue."""
    issue = call.site.jira.get(key)
    return whole_page(
        f"{issue.key} {issue.fields.summary}",
        f'<main class="single"><p><a href="/board#/tickets">Board</a></p>{issue_html(issue, call)}</main>',
    )


@routes.on("GET", "/wiki/spaces/<space>/pages/<page_id>", "/wiki/spaces/<space>/pages/<page_id>/<path:words>")
def browse_page(call: Call, space: str, page_id: str, words: str = "") -> Response:
    """Show a page, or one of its versions."""
    page = call.site.confluence.get(page_id, call.account)
    number = call.number("version", 0, 1_000_000) or None
    return whole_page(
        page.title,
        f'<main class="single"><p><a href="/board#/pages">Pages</a></p>{page_html(page, call, number)}</main>',
    )


@routes.on("GET", "/wiki", "/wiki/home")
def browse_spaces(call: Call) -> Response:
    """Show the spaces, each with a link to its homepage."""
    spaces = "".join(
        f'<li><a href="/wiki/spaces/{escape(each.key)}">{escape(each.name)}</a></li>'
        for each in call.site.confluence.spaces.values()
    )
    return whole_page("Spaces", f'<main class="single"><h1>Spaces</h1><ul>{spaces}</ul></main>')


@routes.on("GET", "/wiki/spaces/<space>", "/wiki/spaces/<space>/overview")
def browse_space(call: Call, space: str) -> Response:
    """Show a space's homepage."""
    held = call.site.confluence.space_by_key(space)
    if held is None:
        raise call.refusal(404, "There is no such space")
    return browse_page(call, space, held.homepage_id)
