"""Client for Jira Cloud's REST API v3, as far as the pipeline needs it.

https://developer.atlassian.com/cloud/jira/platform/rest/v3/intro/
"""

from __future__ import annotations

import logging
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from common.atlassian.continuation import Continuation
from common.atlassian.http_client import AtlassianHttp, NotFound, RequestRefused, Unavailable, VersionConflict
from common.atlassian.issue_screen import IssueScreen, IssueType, parse_issue_type, parse_link_types
from common.domain.document import DOCUMENT_ID
from common.domain.status_transitions import StatusTransition, status_transitions
from common.domain.ticket import WebLink
from common.runtime.json_access import as_dict, as_list, as_str

log = logging.getLogger(__name__)

#: Issue property of a review ticket that holds its document's id.
REVIEW_PROPERTY = "kinexus.review"
#: Comment property that holds the idempotency key of one of our comments.
COMMENT_PROPERTY = "kinexus.comment"
#: The property that hides a comment from customers of a service project; it has no effect in other projects.
INTERNAL = {"key": "sd.public.comment", "value": {"internal": True}}
#: Seconds for which the category of a status and the screens of a project are kept.
CACHE_SECONDS = 3600
#: Prefix of the global ids of our links to published pages.
LINK_ID_PREFIX = "kinexus="
#: The fields of an issue that the pipeline reads; a site may have hundreds more.
TICKET_FIELDS = (
    "summary",
    "description",
    "issuetype",
    "status",
    "labels",
    "components",
    "project",
    "assignee",
    "reporter",
    "security",
    "creator",
    "issuelinks",
)
#: A document of Atlassian's rich text format, `{type: doc, version: 1, content: […]}`.
Adf = dict[str, Any]


@dataclass(frozen=True)
class JiraComment:
    """A comment with its raw body (ADF or wiki text); times are Jira's own ISO 8601 strings.

    ``author_type`` is ``atlassian`` for people, ``app`` or ``customer``. A restricted comment is shown to a role or
    group only, an internal one not to customers of a service project.
    """

    comment_id: str
    author_id: str
    author_name: str
    author_type: str
    created: str
    updated: str
    update_author_id: str
    body: Any
    is_restricted: bool
    is_internal: bool = False


@dataclass(frozen=True)
class Transition:
    """A transition that the Kinexus account may perform now."""

    transition_id: str
    to_id: str
    to_category: str


class JiraClient:
    """The requests to Jira that the pipeline needs. Raises the errors of common.atlassian.http_client."""

    def __init__(self, http: AtlassianHttp, browse_url: str) -> None:
        self._http, self.browse_url = http, browse_url.rstrip("/")
        self._account_id = ""
        #: Whether a status is in the category “done”, and until when that is used, by the status' id.
        self._is_done: dict[str, tuple[float, bool]] = {}
        #: What ``createmeta`` answered, and until when that is used, by path; and whether an answer was used again.
        self._screens: dict[str, tuple[float, list[Mapping[str, Any]]]] = {}
        self._reused_screens = False
        #: The fields of the site, and until when they are used.
        self._fields: tuple[float, tuple[tuple[str, str], ...]] = (0.0, ())

    def account_id(self) -> str:
        """Return the id of the Kinexus account, cached."""
        if not self._account_id:
            self._account_id = as_str(as_dict(self._http.get("/rest/api/3/myself")).get("accountId"))
        return self._account_id

    def issue(
        self, id_or_key: str, properties: Sequence[str] = (), fields: Sequence[str] = TICKET_FIELDS
    ) -> Mapping[str, Any]:
        """Return an issue as Jira's JSON, with the named properties and fields."""
        params = {"fields": ",".join(fields)}
        if properties:
            params["properties"] = ",".join(properties)
        return as_dict(self._http.get(f"/rest/api/3/issue/{id_or_key}", params))

    def issue_with_moves(
        self, id_or_key: str, fields: Sequence[str]
    ) -> tuple[Mapping[str, Any], tuple[StatusTransition, ...]]:
        """Return an issue and all its status changes, oldest first, in one request.

        One answer holds at most the newest 100 entries of the changelog; of a longer one, all pages are requested.
        """
        params = {"fields": ",".join(fields), "expand": "changelog"}
        issue = as_dict(self._http.get(f"/rest/api/3/issue/{id_or_key}", params))
        changelog = as_dict(issue.get("changelog"))
        entries = [as_dict(entry) for entry in as_list(changelog.get("histories"))]
        if "total" not in changelog or len(entries) < int(changelog["total"] or 0):
            return issue, self.status_moves(id_or_key)
        entries.sort(
            key=lambda entry: int(as_str(entry.get("id")) or 0)
        )  # some sites return the newest first
        return issue, tuple(move for entry in entries for move in status_transitions(entry))

    def search(self, jql: str, fields: Sequence[str]) -> Iterator[Mapping[str, Any]]:
        """Yield the issues that a query finds, with these fields; the index lags by seconds or more.

        https://developer.atlassian.com/cloud/jira/platform/rest/v3/api-group-issue-search/
        """
        params: dict[str, Any] = {"jql": jql, "fields": ",".join(fields), "maxResults": 100}
        continuation = Continuation("GET", "/rest/api/3/search/jql")
        while True:
            answer = as_dict(self._http.get(continuation.path, params))
            yield from map(as_dict, as_list(answer.get("issues")))
            if not continuation.advance(as_str(answer.get("nextPageToken"))):
                return
            params["nextPageToken"] = continuation.token

    def approximate_count(self, jql: str) -> int:
        """Return about how many issues a query finds."""
        answer = self._http.post_query("/rest/api/3/search/approximate-count", {"jql": jql})
        return int(as_dict(answer).get("count") or 0)

    def is_done(self, status_id: str) -> bool:
        """Return whether a status is in the category “done”, cached for an hour; False if it no longer exists."""
        until, is_done = self._is_done.get(status_id, (0.0, False))
        if time.monotonic() < until:
            return is_done
        try:
            status = self._http.get(f"/rest/api/3/status/{status_id}")
        except NotFound:
            return False
        is_done = as_str(as_dict(as_dict(status).get("statusCategory")).get("key")) == "done"
        self._is_done[status_id] = (time.monotonic() + CACHE_SECONDS, is_done)
        return is_done

    def issue_types(self, project_key: str) -> tuple[IssueType, ...]:
        """Return the issue types that our account can create in a project."""
        path = f"/rest/api/3/issue/createmeta/{project_key}/issuetypes"
        return tuple(map(parse_issue_type, self._metadata(path, "issueTypes")))

    def create_screen(self, project_key: str, type_id: str) -> IssueScreen:
        """Return the fields that can be set when an issue of this type is created in a project."""
        path = f"/rest/api/3/issue/createmeta/{project_key}/issuetypes/{type_id}"
        return IssueScreen.from_metadata(self._metadata(path, "fields"))

    def create_screen_of(self, project_key: str, issue_type: str) -> IssueScreen | None:
        """Return the create screen of an issue type, by its name; None if the project has no such type."""
        kind = next((kind for kind in self.issue_types(project_key) if kind.name == issue_type), None)
        return self.create_screen(project_key, kind.type_id) if kind else None

    def edit_screen(self, id_or_key: str) -> IssueScreen:
        """Return the fields of an issue that can be edited; none if its status does not allow edits."""
        fields = as_dict(as_dict(self._http.get(f"/rest/api/3/issue/{id_or_key}/editmeta")).get("fields"))
        return IssueScreen.from_metadata({"key": key, **as_dict(each)} for key, each in fields.items())

    def link_types(self) -> tuple[str, ...]:
        """Return the names of the link types. Raises NotFound if issue linking is disabled."""
        return parse_link_types(self._http.get("/rest/api/3/issueLinkType"))

    def create_issue(
        self,
        fields: Mapping[str, Any],
        properties: Mapping[str, Any],
        links: Sequence[str] = (),
        link_type: str = "",
    ) -> tuple[str, str]:
        """Create an issue with its properties and its links to the given keys in one request; return id and key.

        Links need the field ``issuelinks`` on the create screen; otherwise use ``link_issues`` afterwards.
        """
        body: dict[str, Any] = {
            "fields": dict(fields),
            "properties": [{"key": key, "value": value} for key, value in properties.items()],
        }
        if links:
            link = {"type": {"name": link_type}}
            body["update"] = {
                "issuelinks": [{"add": {**link, "outwardIssue": {"key": key}}} for key in links]
            }
        answer = as_dict(self._http.post("/rest/api/3/issue", body))
        return as_str(answer.get("id")), as_str(answer.get("key"))

    def link_issues(self, id_or_key: str, other_key: str, link_type: str) -> None:
        """Link two issues, whatever their screens show; a link that exists is not made twice.

        https://developer.atlassian.com/cloud/jira/platform/rest/v3/api-group-issue-links/#api-rest-api-3-issuelink-post
        """
        end = "id" if id_or_key.isdigit() else "key"
        body = {
            "type": {"name": link_type},
            "inwardIssue": {end: id_or_key},
            "outwardIssue": {"key": other_key},
        }
        self._http.do("POST", "/rest/api/3/issueLink", body)

    def edit_issue(self, id_or_key: str, fields: Mapping[str, Any], labels: Sequence[str] = ()) -> None:
        """Set fields; add labels to the existing ones."""
        body: dict[str, Any] = {"fields": dict(fields)}
        if labels:
            body["update"] = {"labels": [{"add": label} for label in labels]}
        self._http.do("PUT", f"/rest/api/3/issue/{id_or_key}", body)

    def forget_screens(self) -> bool:
        """Forget which issue types and fields a project has; return whether an older answer was in use."""
        was_reused, self._reused_screens = self._reused_screens, False
        self._screens.clear()
        return was_reused

    def _metadata(self, path: str, name: str) -> list[Mapping[str, Any]]:
        """Return all entries of a list of ``createmeta``, 200 per request, cached for an hour: see forget_screens."""
        until, kept = self._screens.get(path, (0.0, []))
        if time.monotonic() < until:
            self._reused_screens = True
            return kept
        found: list[Mapping[str, Any]] = []
        while True:
            answer = as_dict(self._http.get(path, {"startAt": len(found), "maxResults": 200}))
            page = as_list(answer.get(name))
            found += map(as_dict, page)
            if not page or len(found) >= int(answer.get("total") or 0):
                self._screens[path] = (time.monotonic() + CACHE_SECONDS, found)
                return found

    def reviewed_document(self, issue: Mapping[str, Any]) -> str:
        """Return the document id in an issue's REVIEW_PROPERTY, or ``""``.

        ``issue`` must have been read with that property. Anyone who may edit the ticket can write it, so a value that
        is not a document id counts as none.
        """
        named = as_str(as_dict(as_dict(issue.get("properties")).get(REVIEW_PROPERTY)).get("document_id"))
        return named if DOCUMENT_ID.fullmatch(named) else ""

    def set_property(self, id_or_key: str, key: str, value: object) -> None:
        """Set an issue property."""
        self._http.do("PUT", f"/rest/api/3/issue/{id_or_key}/properties/{key}", value)

    def linked_issues(self, issue: Mapping[str, Any]) -> tuple[str, ...]:
        """Return the keys of all issues that are linked to ``issue``, as ``issue()`` returned it."""
        keys = []
        for link in map(as_dict, as_list(as_dict(issue.get("fields")).get("issuelinks"))):
            keys += [as_str(as_dict(link.get(side)).get("key")) for side in ("inwardIssue", "outwardIssue")]
        return tuple(key for key in keys if key)

    def is_created_by_us(self, issue: Mapping[str, Any]) -> bool:
        """Return whether the Kinexus account created ``issue``, by its field ``creator``, which cannot be edited."""
        creator = as_dict(as_dict(issue.get("fields")).get("creator"))
        return bool(self.account_id()) and as_str(creator.get("accountId")) == self.account_id()

    def issues(
        self, ids_or_keys: Sequence[str], fields: Sequence[str], properties: Sequence[str]
    ) -> Iterator[Mapping[str, Any]]:
        """Yield those of these issues that exist, with these fields and properties, 100 per request.

        https://developer.atlassian.com/cloud/jira/platform/rest/v3/api-group-issues/#api-rest-api-3-issue-bulkfetch-post
        """
        path = "/rest/api/3/issue/bulkfetch"
        for start in range(0, len(ids_or_keys), 100):
            body = {"issueIdsOrKeys": list(ids_or_keys[start : start + 100]), "fields": list(fields)}
            answer = as_dict(self._http.post_query(path, {**body, "properties": list(properties)}))
            errors = as_list(answer.get("issueErrors"))
            if errors:
                raise Unavailable("POST", path, None, f"not all issues could be read: {errors}")
            yield from map(as_dict, as_list(answer.get("issues")))

    def visible_ids(self, issue_ids: Sequence[str]) -> frozenset[str]:
        """Return those of these ids whose issues Jira returns, or could not read just now, 100 per request.

        The others were deleted or are hidden from the Kinexus account: Jira's answer is the same for both.
        """
        found: set[str] = set()
        for start in range(0, len(issue_ids), 100):
            body = {"issueIdsOrKeys": list(issue_ids[start : start + 100]), "fields": ["project"]}
            answer = as_dict(self._http.post_query("/rest/api/3/issue/bulkfetch", body))
            for name in ("issues", "issueErrors"):
                found |= {as_str(as_dict(each).get("id")) for each in as_list(answer.get(name))}
        return frozenset(found)

    def may_browse(self, project_key: str) -> bool:
        """Return whether the Kinexus account can read a project and has the permission to browse its issues.

        https://developer.atlassian.com/cloud/jira/platform/rest/v3/api-group-permissions/#api-rest-api-3-mypermissions-get
        """
        params = {"projectKey": project_key, "permissions": "BROWSE_PROJECTS"}
        try:
            self._http.get(f"/rest/api/3/project/{project_key}")
            answer = as_dict(self._http.get("/rest/api/3/mypermissions", params))
        except NotFound:
            return False
        right = as_dict(as_dict(answer.get("permissions")).get("BROWSE_PROJECTS"))
        return right.get("havePermission") is True

    def comments(self, id_or_key: str) -> Iterator[JiraComment]:
        """Yield the comments, newest first."""
        start = 0
        while True:
            params = {"startAt": start, "maxResults": 100, "orderBy": "-created"}
            answer = as_dict(self._http.get(f"/rest/api/3/issue/{id_or_key}/comment", params))
            page = [_comment(comment) for comment in map(as_dict, as_list(answer.get("comments")))]
            yield from page
            start += len(page)
            if not page or start >= int(answer.get("total") or 0):
                return

    def newest_comments(self, issue: Mapping[str, Any]) -> Iterator[JiraComment]:
        """Yield the comments of an issue that was read with the field ``comment``, newest first.

        Jira may return only some of them with the issue, and does not say which; then they are requested.
        """
        inline = as_dict(as_dict(issue.get("fields")).get("comment"))
        held = [_comment(comment) for comment in map(as_dict, as_list(inline.get("comments")))]
        if int(inline.get("total") or 0) > len(held):
            yield from self.comments(as_str(issue.get("id")))
        else:
            yield from sorted(held, key=lambda each: (len(each.comment_id), each.comment_id), reverse=True)

    def fields(self) -> tuple[tuple[str, str], ...]:
        """Return id and name of each field of the site, cached for an hour.

        https://developer.atlassian.com/cloud/jira/platform/rest/v3/api-group-issue-fields/#api-rest-api-3-field-get
        """
        until, kept = self._fields
        if time.monotonic() >= until:
            listed = map(as_dict, as_list(self._http.get("/rest/api/3/field")))
            kept = tuple((as_str(each.get("id")), as_str(each.get("name"))) for each in listed)
            self._fields = (time.monotonic() + CACHE_SECONDS, kept)
        return kept

    def comment_marks(self, comment_ids: Sequence[str]) -> dict[str, Mapping[str, Any]]:
        """Return the ``kinexus.comment`` property of those comments that have one, by id; at most 1,000 ids."""
        if not comment_ids:
            return {}
        body = {"ids": [int(comment_id) for comment_id in comment_ids]}
        answer = self._http.post_query("/rest/api/3/comment/list", body, {"expand": "properties"})
        marks: dict[str, Mapping[str, Any]] = {}
        for comment in map(as_dict, as_list(as_dict(answer).get("values"))):
            for prop in map(as_dict, as_list(comment.get("properties"))):
                if prop.get("key") == COMMENT_PROPERTY:
                    marks[as_str(comment.get("id"))] = as_dict(prop.get("value"))
        return marks

    def add_comment(self, id_or_key: str, body: Adf, mark: Mapping[str, Any]) -> JiraComment:
        """Post a comment with ``mark`` as its property in the same request, hidden from customers of service projects.

        https://developer.atlassian.com/cloud/jira/platform/rest/v3/api-group-issue-comments/
        """
        properties = [{"key": COMMENT_PROPERTY, "value": dict(mark)}, INTERNAL]
        posted = {"body": body, "properties": properties}
        return _comment(as_dict(self._http.post(f"/rest/api/3/issue/{id_or_key}/comment", posted)))

    def transitions(self, id_or_key: str) -> tuple[Transition, ...]:
        """Return the transitions that the Kinexus account may perform from the current status."""
        answer = as_dict(self._http.get(f"/rest/api/3/issue/{id_or_key}/transitions"))
        found = []
        for transition in map(as_dict, as_list(answer.get("transitions"))):
            to = as_dict(transition.get("to"))
            category = as_str(as_dict(to.get("statusCategory")).get("key"))
            found.append(Transition(as_str(transition.get("id")), as_str(to.get("id")), category))
        return tuple(found)

    def move(self, id_or_key: str, transition: Transition) -> None:
        """Perform a transition."""
        body = {"transition": {"id": transition.transition_id}}
        self._http.do("POST", f"/rest/api/3/issue/{id_or_key}/transitions", body)

    def move_back(self, id_or_key: str) -> bool:
        """Reopen a closed issue, preferably in “To Do”; return False if no transition allows it."""
        issue = self.issue(id_or_key, fields=["status"])
        status = as_dict(as_dict(issue.get("fields")).get("status"))
        if as_dict(status.get("statusCategory")).get("key") != "done":
            return True
        open_ones = [
            transition for transition in self.transitions(id_or_key) if transition.to_category != "done"
        ]
        open_ones.sort(key=lambda transition: transition.to_category != "new")
        return any(self._moved(id_or_key, transition) for transition in open_ones)

    def _moved(self, id_or_key: str, transition: Transition) -> bool:
        try:
            self.move(id_or_key, transition)
        except (RequestRefused, VersionConflict) as error:
            # An offered transition can still be refused: it requires a field, or another person moved the issue first.
            log.warning("transition.refused", extra={"issue": id_or_key, "detail": error.detail[:500]})
            return False
        return True

    def status_moves(self, id_or_key: str) -> tuple[StatusTransition, ...]:
        """Return all status changes of an issue, oldest first."""
        moves: list[StatusTransition] = []
        start = 0
        while True:
            params = {"startAt": start, "maxResults": 100}
            answer = as_dict(self._http.get(f"/rest/api/3/issue/{id_or_key}/changelog", params))
            page = [as_dict(entry) for entry in as_list(answer.get("values"))]
            moves += [move for entry in page for move in status_transitions(entry)]
            start += len(page)
            if not page or start >= int(answer.get("total") or 0):
                return tuple(moves)

    def status_moves_of(self, issue_ids: Sequence[str]) -> dict[str, tuple[StatusTransition, ...]]:
        """Return all status changes, oldest first, of up to 1,000 issues by id; issues that are gone are left out.

        https://developer.atlassian.com/cloud/jira/platform/rest/v3/api-group-issues/#api-rest-api-3-changelog-bulkfetch-post
        """
        moves: dict[str, tuple[StatusTransition, ...]] = {}
        body: dict[str, Any] = {"issueIdsOrKeys": list(issue_ids), "fieldIds": ["status"], "maxResults": 1000}
        continuation = Continuation("POST", "/rest/api/3/changelog/bulkfetch")
        while issue_ids:
            answer = as_dict(self._http.post_query(continuation.path, body))
            for log_of in map(as_dict, as_list(answer.get("issueChangeLogs"))):
                issue_id, entries = as_str(log_of.get("issueId")), as_list(log_of.get("changeHistories"))
                more = tuple(move for entry in map(as_dict, entries) for move in status_transitions(entry))
                moves[issue_id] = moves.get(issue_id, ()) + more
            if not continuation.advance(as_str(answer.get("nextPageToken"))):
                break
            body["nextPageToken"] = continuation.token
        return moves

    def remote_links(self, id_or_key: str) -> tuple[WebLink, ...]:
        """Return the remote links that people and tools made; ours and Confluence's automatic ones are left out."""
        links = map(as_dict, as_list(self._http.get(f"/rest/api/3/issue/{id_or_key}/remotelink")))
        shown = (as_dict(link.get("object")) for link in links if _by_a_person(link))
        return tuple(WebLink(as_str(each.get("url")), as_str(each.get("title"))) for each in shown)

    def link_page(self, id_or_key: str, global_id: str, url: str, title: str) -> None:
        """Add or replace the remote link with this ``global_id``."""
        body = {"globalId": global_id, "object": {"url": url, "title": title}}
        self._http.do("POST", f"/rest/api/3/issue/{id_or_key}/remotelink", body)

    def is_assignable(self, account_id: str, key: str) -> bool:
        """Return whether an issue, given by its key, can be assigned to an account; False for an inactive one.

        https://developer.atlassian.com/cloud/jira/platform/rest/v3/api-group-user-search/
        """
        return self._finds_user("/rest/api/3/user/assignable/search", account_id, key)

    def can_view(self, account_id: str, key: str) -> bool:
        """Return whether an account may view an issue, given by its key."""
        return self._finds_user("/rest/api/3/user/viewissue/search", account_id, key)

    def _finds_user(self, path: str, account_id: str, key: str) -> bool:
        """Return whether a search for users of an issue finds an active person with this account id."""
        found = as_list(self._http.get(path, {"issueKey": key, "accountId": account_id}))
        return any(
            user.get("accountId") == account_id
            and user.get("active") is not False
            and user.get("accountType", "atlassian") == "atlassian"
            for user in map(as_dict, found)
        )

    def assign(self, id_or_key: str, account_id: str) -> None:
        """Assign an issue; doing it again changes nothing."""
        self._http.do("PUT", f"/rest/api/3/issue/{id_or_key}/assignee", {"accountId": account_id})

    def is_member(self, account_id: str, group_id: str) -> bool:
        """Return whether an account is a member of a group; False for an account that no longer exists."""
        try:
            groups = self._http.get("/rest/api/3/user/groups", {"accountId": account_id})
        except NotFound:
            return False
        return any(as_str(as_dict(group).get("groupId")) == group_id for group in as_list(groups))


def _by_a_person(link: Mapping[str, Any]) -> bool:
    # Confluence itself links pages that mention the ticket, such as meeting notes. A link by a person is a “Wiki Page”.
    of_confluence = as_str(as_dict(link.get("application")).get("type")) == "com.atlassian.confluence"
    is_mention = of_confluence and as_str(link.get("relationship")).casefold() == "mentioned in"
    return not is_mention and not as_str(link.get("globalId")).startswith(LINK_ID_PREFIX)


def _comment(comment: Mapping[str, Any]) -> JiraComment:
    author, editor = as_dict(comment.get("author")), as_dict(comment.get("updateAuthor"))
    created = as_str(comment.get("created"))
    return JiraComment(
        comment_id=as_str(comment.get("id")),
        author_id=as_str(author.get("accountId")),
        author_name=as_str(author.get("displayName")),
        author_type=as_str(author.get("accountType")),
        created=created,
        updated=as_str(comment.get("updated")) or created,
        update_author_id=as_str(editor.get("accountId")) or as_str(author.get("accountId")),
        body=comment.get("body"),
        is_restricted=bool(comment.get("visibility")),
        is_internal=comment.get("jsdPublic") is False,
    )
