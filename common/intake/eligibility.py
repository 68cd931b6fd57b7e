"""Decides whether a closed ticket is documented, with a reason.

Labels are set by people and win over every other rule; a declining label wins over an asking one. Without either, only
tickets of the configured issue types are documented, if their resolution implies a change and they closed recently.
"""

from __future__ import annotations

from dataclasses import dataclass

from common.atlassian.webhook_payload import WebhookPayload

#: Resolutions that imply that nothing changed. Names can be renamed, so they only count if no label decides.
RESOLUTIONS_WITHOUT_CHANGE = frozenset(
    {"won't do", "won't fix", "duplicate", "cannot reproduce", "declined", "incomplete", "known error"}
)


@dataclass(frozen=True)
class EligibilityRules:
    """The configured labels, issue types and maximum age. Names are compared ignoring case."""

    asking_labels: tuple[str, ...]
    declining_labels: tuple[str, ...]
    issue_types: tuple[str, ...]
    max_age_days: int


@dataclass(frozen=True)
class Eligibility:
    """Whether to document a ticket, the reason, and whether a person asked for it by label."""

    document: bool
    reason: str
    asked_by_label: bool = False


def evaluate_eligibility(event: WebhookPayload, rules: EligibilityRules, now: float) -> Eligibility:
    """Decide whether a ticket that was just closed is documented. ``now`` is in seconds since the epoch."""
    declining = declined_by(event.labels, rules.declining_labels)
    if declining:
        return Eligibility(False, f'the label "{declining}" declines documentation')
    asking = _first_common(event.labels, rules.asking_labels)
    if asking:
        return Eligibility(True, f'the label "{asking}" asks for documentation', asked_by_label=True)
    if any(label.lower().startswith("docs:") for label in event.labels):
        return Eligibility(True, "a docs: label names the page", asked_by_label=True)
    if not _first_common((event.issue_type,), rules.issue_types):
        return Eligibility(False, "no label asks for documentation (" + ", ".join(rules.asking_labels) + ")")
    if event.resolution.lower() in RESOLUTIONS_WITHOUT_CHANGE:
        return Eligibility(False, f'it was resolved as "{event.resolution}", so nothing changed')
    if event.happened_at and now - event.happened_at > rules.max_age_days * 86_400:
        return Eligibility(False, f"it was closed more than {rules.max_age_days} days ago")
    return Eligibility(True, f'its issue type "{event.issue_type}" is always documented')


def declined_by(labels: tuple[str, ...], declining_labels: tuple[str, ...]) -> str | None:
    """Return the label that declines documentation, or None. It wins over every other label."""
    return _first_common(labels, declining_labels)


def may_answer(event: WebhookPayload, rules: EligibilityRules) -> bool:
    """Return whether an event may answer which page documents its ticket: by a label, or a link in the description."""
    if "description" in event.changed_fields:
        return True
    named = any(label.lower().startswith("docs:") for label in event.labels)
    return "labels" in event.changed_fields and (
        named or declined_by(event.labels, rules.declining_labels) is not None
    )


def _first_common(given: tuple[str, ...], configured: tuple[str, ...]) -> str | None:
    wanted = {name.casefold() for name in configured}
    return next((name for name in given if name and name.casefold() in wanted), None)
