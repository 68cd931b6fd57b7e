"""Jira's REST API under `/rest/api/2` and `/rest/api/latest`: as version 3, but rich text is wiki text.

Requests are translated to version 3 before they are routed, and their answers back.
https://developer.atlassian.com/cloud/jira/platform/rest/v2/intro/
"""

import io
import json
import re
from typing import TYPE_CHECKING, Any

from werkzeug.wrappers import Response

from local.atlassian.documents.adf_wiki import to_wiki

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIEnvironment

_ALIAS = re.compile(r"\A/rest/api/(?:2|latest)(?=/)")
_RICH = frozenset({"description", "environment"})


def is_alias(path: str) -> bool:
    """Return whether a path belongs to version 2 or `latest`."""
    return _ALIAS.match(path) is not None


def as_version_3(environ: "WSGIEnvironment") -> None:
    """Rewrite a request to version 3: its path, and text of rich text fields as documents."""
    environ["PATH_INFO"] = _ALIAS.sub("/rest/api/3", environ["PATH_INFO"])
    if "json" not in environ.get("CONTENT_TYPE", ""):
        return
    length = environ.get("CONTENT_LENGTH") or "0"
    raw = environ["wsgi.input"].read(int(length) if length.isdigit() else 0)
    try:
        body = json.dumps(_documents(json.loads(raw), environ["PATH_INFO"])).encode()
    except ValueError:
        body = raw
    environ["wsgi.input"], environ["CONTENT_LENGTH"] = io.BytesIO(body), str(len(body))


def with_wiki_text(response: Response, path: str) -> Response:
    """Return an answer of version 3 as version 2 gives it: documents as wiki text, links to the path's own version."""
    if response.status_code >= 400 or "json" not in (response.content_type or "") or not response.data:
        return response
    version = path.split("/")[3]
    shown = _texts(json.loads(response.data), f"/rest/api/{version}/")
    response.data = json.dumps(shown, ensure_ascii=False).encode()
    return response


def _documents(body: Any, path: str) -> Any:
    """Return a request with its rich text as documents: a comment's body, and description and environment."""
    if not isinstance(body, dict):
        return body
    out = dict(body)
    if "/comment" in path and isinstance(out.get("body"), str):
        out["body"] = _document(out["body"])
    fields = out.get("fields")
    if isinstance(fields, dict):
        rich = {name: _document(fields[name]) for name in _RICH if isinstance(fields.get(name), str)}
        out["fields"] = {**fields, **rich}
    return out


def _document(text: str) -> dict[str, Any]:
    paragraphs = [part for part in text.split("\n\n") if part.strip()]
    content = [{"type": "paragraph", "content": [{"type": "text", "text": part}]} for part in paragraphs]
    return {"type": "doc", "version": 1, "content": content}


def _texts(value: Any, prefix: str) -> Any:
    if isinstance(value, list):
        return [_texts(each, prefix) for each in value]
    if isinstance(value, str):
        return value.replace("/rest/api/3/", prefix) if "/rest/api/3/" in value else value
    if not isinstance(value, dict):
        return value
    if value.get("type") == "doc" and value.get("version") == 1:
        return to_wiki(value)
    return {name: _texts(each, prefix) for name, each in value.items()}
