"""A simulated person who works in Jira and Confluence through the REST APIs."""

import re
from typing import Any

import requests

from local.atlassian import Account

_MENTION = re.compile(r"'type': 'mention', 'attrs': \{'id': '([^']+)'")
_REVIEW_LINK = re.compile(r"https?://[^\s\"<>]+/reviews/[^\s\"<>]+")


class Person:
    """A person with one account of the site; every method makes one or two REST calls. Raises requests.HTTPError."""

    def __init__(self, url: str, account: Account) -> None:
        self._url = url
        self._http = requests.Session()
        self._http.trust_env = False
        self._http.auth = (account.email, account.token)

    def call(self, method: str, path: str, body: object = None) -> Any:
        """Make one request; return the response's JSON, or None for an empty body."""
        answer = self._http.request(method, f"{self._url}{path}", json=body, timeout=15)
        answer.raise_for_status()
        return answer.json() if answer.content else None

    def label(self, key: str, label: str) -> None:
        """Add a label to a ticket."""
        self.call("PUT", f"/rest/api/3/issue/{key}", {"update": {"labels": [{"add": label}]}})

    def finish(self, key: str) -> None:
        """Move a ticket to a status of the category done."""
        offered = self.call("GET", f"/rest/api/3/issue/{key}/transitions")["transitions"]
        done = next(each for each in offered if each["to"]["statusCategory"]["key"] == "done")
        self.call("POST", f"/rest/api/3/issue/{key}/transitions", {"transition": {"id": done["id"]}})

    def comment(self, key: str, *paragraphs: str) -> None:
        """Comment on a ticket."""
        content = [{"type": "paragraph", "content": [{"type": "text", "text": text}]} for text in paragraphs]
        self.call("POST", f"/rest/api/3/issue/{key}/comment", {"body": _document(content)})

    def comments(self, key: str) -> list[dict[str, Any]]:
        """Return a ticket's comments, oldest first."""
        return list(self.call("GET", f"/rest/api/3/issue/{key}/comment?orderBy=created")["comments"])

    def ticket(self, key: str) -> dict[str, Any]:
        """Return a ticket's fields."""
        return dict(self.call("GET", f"/rest/api/3/issue/{key}")["fields"])

    def linked(self, key: str) -> list[str]:
        """Return the keys of the tickets that a ticket is linked to."""
        links = self.ticket(key)["issuelinks"]
        return [link[end]["key"] for link in links for end in ("inwardIssue", "outwardIssue") if end in link]

    def notified(self, review: str) -> list[str]:
        """Return the account ids of the people whom a review ticket notifies: its assignee, and those mentioned."""
        assignee = self.ticket(review)["assignee"]
        bodies = str([comment["body"] for comment in self.comments(review)])
        return [*([assignee["accountId"]] if assignee else []), *_MENTION.findall(bodies)]

    def has_link(self, key: str, url: str) -> bool:
        """Return whether a ticket shows a URL both in a comment and as a remote link."""
        links = self.call("GET", f"/rest/api/3/issue/{key}/remotelink")
        return any(url in str(comment["body"]) for comment in self.comments(key)) and any(
            link["object"]["url"] == url for link in links
        )

    def diff_url(self, review: str) -> str:
        """Return the newest link to the diff page in a review ticket; empty when there is none."""
        links = _REVIEW_LINK.findall(str(self.ticket(review)["description"]))
        for comment in self.comments(review):
            links += _REVIEW_LINK.findall(str(comment["body"]))
        return links[-1].rstrip("',}]") if links else ""

    def page(self, page_id: str) -> dict[str, Any]:
        """Return a page with its storage format."""
        return dict(self.call("GET", f"/wiki/api/v2/pages/{page_id}?body-format=storage"))

    def edit_page(self, page_id: str, old: str, new: str) -> None:
        """Change a passage of a page by hand."""
        page = self.page(page_id)
        body = {
            "id": page_id,
            "status": "current",
            "title": page["title"],
            "body": {
                "representation": "storage",
                "value": page["body"]["storage"]["value"].replace(old, new),
            },
            "version": {"number": page["version"]["number"] + 1, "message": "by hand"},
        }
        self.call("PUT", f"/wiki/api/v2/pages/{page_id}", body)

    def open_url(self, url: str) -> str:
        """Fetch a URL without credentials, as a browser would, and return the HTML."""
        answer = requests.get(url, timeout=15)
        answer.raise_for_status()
        return answer.text


def storage_of(page: dict[str, Any]) -> str:
    """Return a page's storage format."""
    return str(page["body"]["storage"]["value"])


def _document(content: list[dict[str, Any]]) -> dict[str, Any]:
    return {"type": "doc", "version": 1, "content": content}
