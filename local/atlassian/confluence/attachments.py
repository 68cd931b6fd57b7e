"""The files attached to the simulated pages: each has a title unique on its page, and versions."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from local.atlassian.accounts import Account
from local.atlassian.clock import confluence_time
from local.atlassian.confluence.properties import Property

Json = dict[str, Any]


@dataclass
class StoredAttachment:
    """A file of a page; `number` is its version."""

    id: str
    page_id: str
    title: str
    media_type: str
    content: bytes
    comment: str
    author: Account
    created: datetime
    number: int = 1
    properties: list[Property] = field(default_factory=list)

    @property
    def download(self) -> str:
        """Return the download path, below /wiki."""
        return f"/download/attachments/{self.page_id}/{self.title}"


def attachment_json(held: StoredAttachment) -> Json:
    """Return an attachment in v2 format."""
    webui = f"/pages/viewpageattachments.action?pageId={held.page_id}&preview=%2F{held.page_id}%2F{held.id}"
    return {
        "id": held.id,
        "status": "current",
        "title": held.title,
        "createdAt": confluence_time(held.created),
        "pageId": held.page_id,
        "mediaType": held.media_type,
        "mediaTypeDescription": held.media_type,
        "comment": held.comment,
        "fileId": held.id.removeprefix("att"),
        "fileSize": len(held.content),
        "webuiLink": webui,
        "downloadLink": held.download,
        "version": {
            "number": held.number,
            "message": held.comment,
            "minorEdit": False,
            "authorId": held.author.account_id,
            "createdAt": confluence_time(held.created),
        },
        "_links": {"webui": webui, "download": held.download},
    }


def attachment_v1(held: StoredAttachment, base: str) -> Json:
    """Return an attachment in the format of v1's upload."""
    return {
        "id": held.id,
        "type": "attachment",
        "status": "current",
        "title": held.title,
        "macroRenderedOutput": {},
        "metadata": {"mediaType": held.media_type, "comment": held.comment},
        "extensions": {
            "mediaType": held.media_type,
            "fileSize": len(held.content),
            "comment": held.comment,
            "fileId": held.id.removeprefix("att"),
        },
        "version": {"number": held.number, "when": confluence_time(held.created), "minorEdit": False},
        "_expandable": {"container": f"/rest/api/content/{held.page_id}"},
        "_links": {"download": held.download, "self": f"{base}/wiki/rest/api/content/{held.id}"},
    }
