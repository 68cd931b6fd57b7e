"""Rules that turn answers of Jira and Confluence into findings; makes no requests."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from typing import Any

from common.atlassian.confluence_client import ConfluencePage
from common.runtime.json_access import as_dict, as_list, as_str
from preflight.finding import Finding, failed, ok, warning

#: Jira permissions that the Kinexus account needs for source and review tickets.
#: https://developer.atlassian.com/cloud/jira/platform/rest/v3/api-group-permissions/
PERMISSIONS = (
    "BROWSE_PROJECTS",
    "CREATE_ISSUES",
    "EDIT_ISSUES",
    "ADD_COMMENTS",
    "TRANSITION_ISSUES",
    "LINK_ISSUES",
)
#: Global permission for checking whether a person is in the approvers' group.
SEE_GROUPS = "USER_PICKER"
#: Permission for setting a review's security level. Not required, because most projects have no levels.
SET_LEVELS = "SET_ISSUE_SECURITY"


def check_account(answer: Mapping[str, Any], email: str) -> Finding:
    """Warn if the Kinexus account may belong to a person, who then could not approve.

    Comments of the Kinexus account are never decisions.

    Service accounts and apps have the type `app`. A user invited for Kinexus alone has the same type as a person.
    https://developer.atlassian.com/cloud/jira/platform/rest/v3/api-group-myself/
    """
    name, kind = as_str(answer.get("displayName")), as_str(answer.get("accountType"))
    if kind == "atlassian":
        seen = f"{name} ({email}) may be a person: then this person cannot approve"
        return warning(
            "Jira account", seen, "give Kinexus an account of its own; if this is one, ignore this warning"
        )
    return ok("Jira account", f"{name} ({email}), an account of the type {kind}")


def check_same_account(in_confluence: str, in_jira: str) -> Finding:
    """Check that the token belongs to the same account in both products."""
    if in_confluence != in_jira:
        remedy = (
            "jiraBaseUrl and confluenceUrl must be of the same site, and the Kinexus account needs access to "
            "Confluence"
        )
        seen = f"the token belongs to {in_confluence or 'no account'} in Confluence, but to {in_jira} in Jira"
        return failed("Confluence account", seen, remedy)
    return ok("Confluence account", "the same account as in Jira")


def check_spaces(wanted: Sequence[str], visible: Collection[str], read_only: Collection[str]) -> Finding:
    """Check that the Kinexus account can see all configured spaces and may write in them."""
    missing = [key for key in wanted if key not in visible]
    if missing:
        remedy = (
            "correct confluenceSpaceKey, or spaces in routes, or let the Kinexus account view and edit there"
        )
        return failed(
            "spaces", f"not found, or hidden from the Kinexus account: {', '.join(missing)}", remedy
        )
    if read_only:
        remedy = "grant the Kinexus account Add/edit pages there (Space settings > Permissions)"
        return failed("spaces", f"the Kinexus account may not write pages in {', '.join(read_only)}", remedy)
    return ok("spaces", ", ".join(wanted) + (f"; new pages go to {wanted[0]}" if len(wanted) > 1 else ""))


def check_style_guide(page_id: str, pages: Sequence[ConfluencePage], *, is_open: bool) -> Finding:
    """Check that the page with the style guide exists and that everyone may view it."""
    if not pages:
        remedy = "correct styleGuidePage, or let the Kinexus account view the page"
        return failed("style guide", f"page {page_id} not found, or hidden from the Kinexus account", remedy)
    if not is_open:
        remedy = "let everyone in the site view it, or remove styleGuidePage: drafts are made without it"
        return warning("style guide", f"not everyone may view page {page_id}", remedy)
    return ok("style guide", pages[0].title)


def check_ticket_fields(wanted: Sequence[str], missing: Sequence[str]) -> Finding:
    """Check that Jira has the fields that drafts are made from."""
    if missing:
        remedy = (
            "correct ticketFields: each entry is the id or the name of a field, such as customfield_10042"
        )
        return failed("ticket fields", f"Jira has no field {', '.join(missing)}", remedy)
    return ok("ticket fields", ", ".join(wanted))


def check_restrictions(pages: Sequence[ConfluencePage], *, is_all: bool, trust_folders: bool) -> Finding:
    """Warn of pages below a folder or the like, for which Confluence does not say who may view them."""
    of = f"{len(pages)} pages" if is_all else f"the first {len(pages)} pages"
    live = sum(page.is_live for page in pages)
    also = f"; {live} are live docs, edited only if a ticket names them" if live else ""
    below = len(below_folders(pages))
    if not below:
        return ok("view restrictions", f"known for all of {of}{also}")
    seen = f"{below} of {of} are below folders, whiteboards, databases or embeds"
    if trust_folders:
        return ok("view restrictions", f"{seen}, which count as open to all (trustFolders){also}")
    remedy = (
        "name such a page in its tickets with the label docs:PAGE-ID; or, if everyone may view all pages below "
        "folders: pulumi config set trustFolders true"
    )
    unknown = "Confluence does not say who may view them, so such a page is edited only if a ticket names it"
    return warning("view restrictions", f"{seen}: {unknown}{also}", remedy)


def below_folders(pages: Sequence[ConfluencePage]) -> set[str]:
    """Return the ids of the pages that have an ancestor that is not a page."""
    children: defaultdict[str, list[str]] = defaultdict(list)
    for page in pages:
        children[page.parent_id or ""].append(page.page_id)
    todo = [page.page_id for page in pages if page.parent_id and page.parent_type != "page"]
    found: set[str] = set()
    while todo:
        page_id = todo.pop()
        if page_id not in found:
            found.add(page_id)
            todo += children[page_id]
    return found


def may_write(answer: Mapping[str, Any]) -> bool:
    """Return whether a space's operations include the one for creating and editing pages.

    https://developer.atlassian.com/cloud/confluence/rest/v2/api-group-operation/
    """
    operations = [as_dict(each) for each in as_list(answer.get("operations"))]
    return any((each.get("operation"), each.get("targetType")) == ("create", "page") for each in operations)


def _project_name(project: str) -> str:
    """Return the project of review tickets as a text."""
    return f"the project {project}" if project else "the source ticket's project"


def project_not_found(project: str) -> Finding:
    """Return the finding for a project that does not exist or is hidden from the Kinexus account.

    Jira's answer is the same for both.
    """
    remedy = "correct jiraReviewProject, or let the Kinexus account browse the project"
    return failed(
        "review tickets", f"there is no project {project}, or it is hidden from the Kinexus account", remedy
    )


def missing_permissions(answer: Mapping[str, Any], wanted: Sequence[str]) -> list[str]:
    """Return those of the wanted permissions that the Kinexus account lacks."""
    held = as_dict(answer.get("permissions"))
    return [name for name in wanted if not as_dict(held.get(name)).get("havePermission")]


def check_permissions(missing: Sequence[str], project: str) -> Finding:
    """Check the Jira permissions of the Kinexus account."""
    if needed := [name for name in missing if name != SET_LEVELS]:
        remedy = f"grant it to the Kinexus account in {_project_name(project)}"
        if SEE_GROUPS in needed:
            remedy += f", and {SEE_GROUPS} (Browse users and groups) under Global permissions"
        return failed("permissions", f"the Kinexus account has no permission {', '.join(needed)}", remedy)
    levels = f"; without {SET_LEVELS}, a ticket with a security level gets no review" if missing else ""
    return ok("permissions", f"browse, create, edit, comment, move and link tickets{levels}")
