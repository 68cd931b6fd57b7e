"""Rules about review tickets: issue type, screens and link type. Makes no requests."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence

from common.atlassian.issue_screen import IssueScreen, IssueType
from preflight.finding import Finding, failed, ok, warning

#: Fields that Kinexus sets on each review ticket, or that Jira sets itself.
_FILLED = frozenset({"project", "issuetype", "summary", "description", "labels", "issuelinks", "reporter"})
_SCREEN = "add it to the {0} screen of this issue type (Project settings > Screens)"


def check_link_type(wanted: str, offered: Sequence[str]) -> Finding:
    """Check that the link type between review and source tickets exists."""
    if wanted not in offered:
        remedy = f"pulumi config set reviewLinkType to one of {', '.join(offered)}"
        return failed("review links", f"there is no link type {wanted}", remedy)
    return ok("review links", f"of the type {wanted}")


def linking_disabled() -> Finding:
    """Return the finding that the site has no issue links."""
    remedy = "let a Jira administrator enable it (Settings > Issues > Issue linking)"
    return failed("review links", "issue linking is disabled in Jira", remedy)


def check_issue_type(
    wanted: str, kind: IssueType | None, offered: Sequence[IssueType], project: str
) -> Finding:
    """Check that review tickets can have the configured issue type, which must not be a sub-task."""
    names = ", ".join(dict.fromkeys(each.name for each in offered if not each.is_subtask))
    remedy = f"set reviewIssueType to one of {names}"
    if kind is None:
        return failed("review tickets", f"there is no issue type {wanted} in the project {project}", remedy)
    if kind.is_subtask:
        seen = f"{wanted} is a sub-task type, which needs a parent issue, in the project {project}"
        return failed("review tickets", seen, remedy)
    return ok("review tickets", f"of the type {wanted}, in the project {project}")


def all_projects_ok(wanted: str, projects: Sequence[str]) -> Finding:
    """Return the finding that nothing speaks against reviews in the source tickets' projects."""
    where = f"checked in {', '.join(projects)}" if projects else "no ticket has a documentation label yet"
    return ok("review tickets", f"of the type {wanted}, in the source ticket's project ({where})")


def check_screens(
    create: IssueScreen, edit: IssueScreen | None, extra_fields: Collection[str], project: str
) -> Iterator[Finding]:
    """Yield the findings about the fields of the create screen, and of the edit screen if it is known."""
    missing = [each for each in create.fields.values() if each.needs_value]
    missing = [each for each in missing if each.field_id not in _FILLED | set(extra_fields)]
    problems = [
        *(
            failed(
                "review fields",
                f"the project {project} requires {each.name} ({each.field_id}), and reviewFields gives it no value",
                f'add it to reviewFields, as in {{"{each.field_id}": …}}, or make it optional in the project',
            )
            for each in missing
        ),
        *(
            failed(
                "review fields",
                f"{name} in reviewFields cannot be set: it is not on the create screen of the project {project}",
                f"remove it from reviewFields, or {_SCREEN.format('create')}",
            )
            for name in extra_fields
            if not create.has(name)
        ),
        *_later_fields(create, edit, project),
    ]
    levels = (
        ""
        if create.has("security")
        else "; a ticket with a security level gets no review, without that field"
    )
    yield from problems or [ok("review fields", f"all can be set in the project {project}{levels}")]


def _later_fields(create: IssueScreen, edit: IssueScreen | None, project: str) -> Iterator[Finding]:
    """Yield the findings about fields that are set when the ticket is created, or else when it is edited."""
    for name in ("description", "labels"):
        if edit is None and not create.has(name):
            yield warning(
                "review fields",
                f"{name} is not on the create screen of the project {project}, and whether it is on the edit screen "
                "is not known without an open ticket of this type",
                "create one there, then check again",
            )
        elif edit is not None and not create.has(name) and not edit.has(name):
            yield failed(
                "review fields",
                f"{name} cannot be set: it is neither on the create nor on the edit screen of the project {project}",
                _SCREEN.format("edit"),
            )
    for name in ("description", "summary"):
        if edit is not None and create.has(name) and name not in edit.fields:
            yield warning(
                "review fields",
                f"{name} is not on the edit screen of the project {project}, so no further revision can be shown",
                _SCREEN.format("edit"),
            )
