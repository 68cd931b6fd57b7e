"""The fixed configuration of the Jira site: statuses, transitions, issue types, priorities, resolutions, link types."""

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Category:
    """One of Jira's three status categories; `key` is the same in every language."""

    id: int
    key: str
    colour: str
    name: str


NEW = Category(2, "new", "blue-gray", "To Do")
INDETERMINATE = Category(4, "indeterminate", "yellow", "In Progress")
DONE = Category(3, "done", "green", "Done")


@dataclass(frozen=True)
class Status:
    """A status of the workflow."""

    id: str
    name: str
    category: Category


@dataclass(frozen=True)
class WorkflowTransition:
    """A transition to a status; empty `sources` means from every status."""

    id: str
    name: str
    target: Status
    sources: tuple[str, ...] = ()


@dataclass(frozen=True)
class IssueType:
    """A kind of issue."""

    id: str
    name: str
    description: str
    subtask: bool = False


TO_DO = Status("10000", "To Do", NEW)
IN_PROGRESS = Status("3", "In Progress", INDETERMINATE)
IN_REVIEW = Status("10001", "In Review", INDETERMINATE)
DONE_STATUS = Status("10002", "Done", DONE)
CLOSED = Status("6", "Closed", DONE)
STATUSES = (TO_DO, IN_PROGRESS, IN_REVIEW, DONE_STATUS, CLOSED)

TRANSITIONS = (
    WorkflowTransition("11", "To Do", TO_DO),
    WorkflowTransition("21", "Start work", IN_PROGRESS),
    WorkflowTransition("31", "Ask for review", IN_REVIEW, (TO_DO.id, IN_PROGRESS.id)),
    WorkflowTransition("41", "Done", DONE_STATUS, (TO_DO.id, IN_PROGRESS.id, IN_REVIEW.id)),
    WorkflowTransition("51", "Close", CLOSED, (TO_DO.id, IN_PROGRESS.id, IN_REVIEW.id, DONE_STATUS.id)),
)

ISSUE_TYPES = (
    IssueType("10001", "Story", "Functionality or a feature expressed as a user goal."),
    IssueType("10002", "Task", "A small, distinct piece of work."),
    IssueType("10003", "Bug", "A problem or error."),
    IssueType("10004", "Epic", "A big user story that needs to be broken down."),
    IssueType("10005", "Sub-task", "A part of another issue.", subtask=True),
)
PRIORITIES = {"1": "Highest", "2": "High", "3": "Medium", "4": "Low", "5": "Lowest"}
RESOLUTIONS = {"10000": "Done", "10001": "Won't Do", "10002": "Duplicate", "10003": "Cannot Reproduce"}
LINK_TYPES = {
    "10000": ("Blocks", "is blocked by", "blocks"),
    "10001": ("Cloners", "is cloned by", "clones"),
    "10002": ("Duplicate", "is duplicated by", "duplicates"),
    "10003": ("Relates", "relates to", "relates to"),
}
SECURITY_LEVELS = {"10100": "Confidential", "10101": "Board only"}
COMPONENTS = {"10000": "API", "10001": "Billing", "10002": "Platform", "10003": "Dashboard"}


def category_json(category: Category, base: str, api: str = "3") -> dict[str, Any]:
    """Return a status category as Jira's JSON."""
    return {
        "self": f"{base}/rest/api/{api}/statuscategory/{category.id}",
        "id": category.id,
        "key": category.key,
        "colorName": category.colour,
        "name": category.name,
    }


def status_json(status: Status, base: str, api: str = "3") -> dict[str, Any]:
    """Return a status as Jira's StatusDetails."""
    return {
        "self": f"{base}/rest/api/{api}/status/{status.id}",
        "description": "",
        "iconUrl": f"{base}/images/icons/statuses/generic.png",
        "name": status.name,
        "id": status.id,
        "statusCategory": category_json(status.category, base, api),
    }


def issue_type_json(kind: IssueType, base: str, api: str = "3") -> dict[str, Any]:
    """Return an issue type as Jira's IssueTypeDetails."""
    return {
        "self": f"{base}/rest/api/{api}/issuetype/{kind.id}",
        "id": kind.id,
        "description": kind.description,
        "iconUrl": f"{base}/images/icons/issuetypes/{kind.name.lower()}.svg",
        "name": kind.name,
        "subtask": kind.subtask,
        "avatarId": 10318,
        "hierarchyLevel": 1 if kind.name == "Epic" else -kind.subtask,
    }


def priority_json(priority_id: str, base: str, api: str = "3") -> dict[str, Any]:
    """Return a priority as it appears inside an issue."""
    name = PRIORITIES[priority_id]
    return {
        "self": f"{base}/rest/api/{api}/priority/{priority_id}",
        "name": name,
        "id": priority_id,
        "iconUrl": f"{base}/images/icons/priorities/{name.lower()}.svg",
    }


def resolution_json(resolution_id: str, base: str, api: str = "3") -> dict[str, Any]:
    """Return a resolution as it appears inside an issue."""
    return {
        "self": f"{base}/rest/api/{api}/resolution/{resolution_id}",
        "id": resolution_id,
        "description": "",
        "name": RESOLUTIONS[resolution_id],
    }


def component_json(component_id: str, base: str, api: str = "3") -> dict[str, Any]:
    """Return a component as it appears inside an issue."""
    return {
        "self": f"{base}/rest/api/{api}/component/{component_id}",
        "id": component_id,
        "name": COMPONENTS[component_id],
    }


def link_type_json(type_id: str, names: tuple[str, str, str], base: str, api: str = "3") -> dict[str, Any]:
    """Return an issue link type; `names` are its name and its inward and outward descriptions."""
    name, inward, outward = names
    return {
        "id": type_id,
        "name": name,
        "inward": inward,
        "outward": outward,
        "self": f"{base}/rest/api/{api}/issueLinkType/{type_id}",
    }


def transitions_from(status: Status) -> tuple[WorkflowTransition, ...]:
    """List the transitions from `status`; none leads to the status itself."""
    return tuple(t for t in TRANSITIONS if t.target != status and (not t.sources or status.id in t.sources))


def transition_json(transition: WorkflowTransition, base: str) -> dict[str, Any]:
    """Return a transition as Jira's IssueTransition."""
    return {
        "id": transition.id,
        "name": transition.name,
        "to": status_json(transition.target, base),
        "hasScreen": False,
        "isGlobal": not transition.sources,
        "isInitial": False,
        "isAvailable": True,
        "isConditional": False,
        "looped": False,
    }
