"""Attachments of pages: read and deleted with v2, uploaded with v1, which has no v2 twin."""

from werkzeug.wrappers import Response

from local.atlassian.confluence.attachments import StoredAttachment, attachment_json, attachment_v1
from local.atlassian.errors import ConfluenceRefusal, ConfluenceV1Refusal
from local.atlassian.routes.confluence_pages import API, PAGE, list_response
from local.atlassian.routing import Call, Routes, answer, nothing

routes = Routes()
_UPLOAD = "/wiki/rest/api/content/<page_id>/child/attachment"


@routes.on("GET", f"{PAGE}/attachments")
def attachments(call: Call, page_id: str) -> Response:
    """List a page's attachments; `filename` and `mediaType` filter them."""
    store = call.site.confluence
    page = store.get(page_id, call.account)
    wanted, media = call.argument("filename"), call.argument("mediaType")
    return list_response(
        call,
        [
            attachment_json(each)
            for each in store.attachments.values()
            if each.page_id == page.id and wanted in ("", each.title) and media in ("", each.media_type)
        ],
    )


def _held(call: Call, attachment_id: str) -> StoredAttachment:
    store = call.site.confluence
    held = store.attachments.get(attachment_id)
    if held is None:
        raise ConfluenceRefusal(404, f"Cannot find the attachment with id '{attachment_id}'")
    store.get(held.page_id, call.account)
    return held


@routes.on("GET DELETE", f"{API}/attachments/<attachment_id>")
def attachment(call: Call, attachment_id: str) -> Response:
    """Return or delete an attachment."""
    held = _held(call, attachment_id)
    if call.request.method == "DELETE":
        del call.site.confluence.attachments[held.id]
        return nothing()
    return answer(attachment_json(held))


@routes.on("POST PUT", _UPLOAD)
def upload(call: Call, page_id: str) -> Response:
    """Attach files; PUT makes a new version where the title is taken, POST refuses it."""
    page, store = call.site.confluence.get(page_id, call.account), call.site.confluence
    if call.request.headers.get("X-Atlassian-Token", "").lower() not in {"no-check", "nocheck"}:
        raise ConfluenceV1Refusal(403, "XSRF check failed")
    if not store.may_edit(page, call.account):
        raise ConfluenceV1Refusal(403, "User does not have permission to attach files")
    files = call.request.files.getlist("file")
    if not files:
        raise ConfluenceV1Refusal(400, "At least one file is required")
    results = []
    for file in files:
        title, content = file.filename or "file", file.stream.read()
        held = next((a for a in store.attachments.values() if (a.page_id, a.title) == (page.id, title)), None)
        if held is not None and call.request.method == "POST":
            raise ConfluenceV1Refusal(
                400,
                "Cannot add a new attachment with same file name as an existing attachment: " + title,
            )
        comment, now = call.request.form.get("comment", ""), store.clock.now()
        if held is None:
            held = StoredAttachment(
                f"att{store.new_id()}", page.id, title, file.mimetype, content, comment, call.account, now
            )
            store.attachments[held.id] = held
        else:
            held.content, held.comment, held.number, held.created = content, comment, held.number + 1, now
        results.append(attachment_v1(held, call.base))
    return answer({"results": results, "start": 0, "limit": 50, "size": len(results), "_links": {}})


@routes.on("PUT", f"{_UPLOAD}/<number>")
def edit(call: Call, page_id: str, number: str) -> Response:
    """Change an attachment's title and media type, as its next version; the id in the path has no prefix `att`."""
    held, given = _held(call, f"att{number.removeprefix('att')}"), call.object()
    version = given.get("version")
    if held.page_id != page_id or not isinstance(version, dict):
        raise ConfluenceV1Refusal(400, "version is required, and the attachment must be on this page")
    if version.get("number") != held.number + 1:
        raise ConfluenceV1Refusal(409, f"Version must be incremented on update. Current: {held.number}")
    metadata = given.get("metadata")
    held.title, held.number = str(given.get("title") or held.title), held.number + 1
    held.media_type = str(
        (metadata if isinstance(metadata, dict) else {}).get("mediaType") or held.media_type
    )
    return answer(attachment_v1(held, call.base))


@routes.on("GET", "/wiki/download/attachments/<page_id>/<title>")
def download(call: Call, page_id: str, title: str) -> Response:
    """Return a file."""
    page = call.site.confluence.get(page_id, call.account)
    for each in call.site.confluence.attachments.values():
        if (each.page_id, each.title) == (page.id, title):
            return Response(each.content, content_type=each.media_type)
    raise ConfluenceRefusal(404, "No such attachment")
