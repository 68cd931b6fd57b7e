"""Who may decide on a review, as its route and the settings say."""

from __future__ import annotations

from dataclasses import dataclass

from common.domain.route import Route


@dataclass(frozen=True)
class ApproverRules:
    """Who may decide, besides having moved the ticket to Done.

    Without account ids and without a group, any person who can move the ticket may decide. ``four_eyes`` excludes the
    people who closed a source ticket and its assignees.
    """

    account_ids: tuple[str, ...]
    group_id: str
    four_eyes: bool

    @classmethod
    def of(cls, route: Route, *, four_eyes: bool) -> ApproverRules:
        """Return the rules of a route."""
        return cls(route.approvers, route.approver_group, four_eyes)

    @property
    def restricted(self) -> bool:
        """Whether only named people or the members of a group may decide."""
        return bool(self.account_ids or self.group_id)
