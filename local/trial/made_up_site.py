"""What a trial answers in the site's place: writes, and reads about tickets that exist only in the trial."""

import re
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qsl, urlencode

Json = dict[str, Any]
Answer = tuple[int, Any]
"""Status and JSON body; None for no body."""

_ISSUE = re.compile(r"/rest/api/3/issue/(?P<issue>[^/]+)(?P<part>/.*)?")
_PAGE = re.compile(r"/wiki/api/v2/pages/(?P<page>\d+)")
#: Ids and numbers of made-up tickets begin where no site has any.
_FIRST_ID = 990_000_001
_FIRST_NUMBER = 9_000_001


@dataclass(frozen=True)
class Write:
    """A write that did not reach the site."""

    method: str
    path: str
    body: Any


@dataclass
class MadeUpIssue:
    """A ticket that exists only in the trial."""

    issue_id: str
    key: str
    fields: Json
    properties: Json
    comments: list[Json] = field(default_factory=list)

    @property
    def sources(self) -> list[str]:
        """Return the keys of the tickets that it is linked to."""
        return [link["outwardIssue"]["key"] for link in self.fields["issuelinks"]]

    def as_json(self) -> Json:
        """Return the ticket as Jira does."""
        return {"id": self.issue_id, "key": self.key, "fields": self.fields, "properties": self.properties}


class MadeUpSite:
    """Answers as a site of this account would, and remembers what it was asked to write."""

    def __init__(self, account: Mapping[str, Any]) -> None:
        self._account = {name: account.get(name) for name in ("accountId", "displayName", "accountType")}
        self._lock = threading.Lock()
        self._made = 0
        self.writes: list[Write] = []
        self.issues: dict[str, MadeUpIssue] = {}
        self._comments: dict[str, Json] = {}

    def write(self, method: str, path: str, body: Any) -> Answer:
        """Remember a write and answer it."""
        with self._lock:
            self.writes.append(Write(method, path, body))
            given: Json = body if isinstance(body, dict) else {}
            if path == "/rest/api/3/issue":
                return self._create_issue(given)
            if found := _ISSUE.fullmatch(path):
                return self._write_issue(method, found["issue"], found["part"] or "", given, body)
            if path == "/rest/api/3/issueLink":
                self._link(given)
                return 201, None
            if path == "/wiki/api/v2/pages" or _PAGE.fullmatch(path):
                return 200, self._page(path, given)
            return (201, {"id": self._new_id()}) if method == "POST" else (204, None)

    def read(self, method: str, path: str, body: Any) -> Answer | None:
        """Answer a read that is about tickets or comments of the trial; None for every other one."""
        with self._lock:
            if method == "POST":
                return self._read_list(path, body if isinstance(body, dict) else {})
            found = _ISSUE.fullmatch(path)
            issue = self._find(found["issue"]) if found else None
            if found is None or issue is None:
                return None
            return _read_issue(issue, found["part"] or "")

    def with_real_issue(self, query: str) -> str:
        """Return a query about a made-up ticket (who may view it?) as one about its source ticket."""
        with self._lock:
            pairs = []
            for name, value in parse_qsl(query, keep_blank_values=True):
                issue = self._find(value) if name == "issueKey" else None
                pairs.append((name, issue.sources[0] if issue and issue.sources else value))
        return urlencode(pairs)

    def _find(self, id_or_key: str) -> MadeUpIssue | None:
        return self.issues.get(id_or_key) or next(
            (issue for issue in self.issues.values() if issue.issue_id == id_or_key), None
        )

    def _new_id(self) -> str:
        self._made += 1
        return str(_FIRST_ID + self._made)

    def _create_issue(self, given: Json) -> Answer:
        fields, links = dict(given.get("fields") or {}), (given.get("update") or {}).get("issuelinks") or ()
        key = f"{(fields.get('project') or {}).get('key', 'TRIAL')}-{_FIRST_NUMBER + len(self.issues)}"
        fields |= {
            "creator": self._account,
            "reporter": self._account,
            "status": {"id": "1", "name": "To Do", "statusCategory": {"key": "new"}},
            "issuelinks": [link["add"] for link in links if "add" in link],
        }
        properties = {each["key"]: each["value"] for each in given.get("properties") or ()}
        issue = self.issues[key] = MadeUpIssue(self._new_id(), key, fields, properties)
        return 201, {"id": issue.issue_id, "key": key}

    def _write_issue(self, method: str, id_or_key: str, part: str, given: Json, body: Any) -> Answer:
        issue = self._find(id_or_key)
        if part == "/comment" and method == "POST":
            return 201, self._comment(issue, given)
        if part.startswith("/properties/"):
            if issue:
                issue.properties[part.rpartition("/")[2]] = body
            return 201, None
        if not part and issue:
            issue.fields |= given.get("fields") or {}
        return (201, {"id": self._new_id()}) if part == "/remotelink" else (204, None)

    def _comment(self, issue: MadeUpIssue | None, given: Json) -> Json:
        now = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%S.000+0000")
        comment = {
            "id": self._new_id(), "author": self._account, "updateAuthor": self._account, "created": now,
            "updated": now, **given,
        }  # fmt: skip
        self._comments[comment["id"]] = comment
        if issue:
            issue.comments.insert(0, comment)
        return comment

    def _link(self, given: Json) -> None:
        inward = given.get("inwardIssue") or {}
        if issue := self._find(str(inward.get("id") or inward.get("key"))):
            issue.fields["issuelinks"].append({"outwardIssue": given.get("outwardIssue") or {}})

    def _page(self, path: str, given: Json) -> Json:
        version = {"number": 1, "message": "", **(given.get("version") or {})}
        found = _PAGE.fullmatch(path)
        body = given.get("body") or {}
        return {
            **given,
            "id": found["page"] if found else self._new_id(),
            "version": {**version, "authorId": self._account["accountId"]},
            "body": {"storage": {"representation": "storage", "value": body.get("value", "")}},
            "_links": {"webui": "/"},
        }

    def _read_list(self, path: str, body: Json) -> Answer | None:
        """Answer a list that names tickets or comments of the trial; real ones in the same list are left out."""
        if path == "/rest/api/3/comment/list":
            comments = [
                self._comments[str(each)] for each in body.get("ids") or () if str(each) in self._comments
            ]
            return (200, {"values": comments, "total": len(comments)}) if comments else None
        if path == "/rest/api/3/issue/bulkfetch":
            issues = [
                issue.as_json()
                for each in body.get("issueIdsOrKeys") or ()
                if (issue := self._find(str(each)))
            ]
            return (200, {"issues": issues, "issueErrors": []}) if issues else None
        return None


def _read_issue(issue: MadeUpIssue, part: str) -> Answer:
    lists: dict[str, Any] = {
        "": issue.as_json(),
        "/comment": {"comments": issue.comments, "total": len(issue.comments), "startAt": 0},
        "/transitions": {"transitions": []},
        "/changelog": {"values": [], "total": 0},
        "/remotelink": [],
        "/editmeta": {"fields": {}},
    }
    if part in lists:
        return 200, lists[part]
    name = part.removeprefix("/properties/")
    if name in issue.properties:
        return 200, {"key": name, "value": issue.properties[name]}
    return 404, {"errorMessages": ["Not found"], "errors": {}}
