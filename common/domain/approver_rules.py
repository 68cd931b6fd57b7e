"""Who may decide on a review, as the settings say."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class ApproverRules:
    """Who may decide, besides having moved the ticket to Done.

    Without account ids and without a group, any person who can move the ticket may decide. ``four_eyes`` excludes the
    people who closed a source ticket and its assignees.
    """

    account_ids: tuple[str, ...]
    group_id: str
    four_eyes: bool

    @property
    def restricted(self) -> bool:
        """Whether only named people or the members of a group may decide."""
        return bool(self.account_ids or self.group_id)
