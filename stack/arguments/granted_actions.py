"""Validation of the actions that a store's `grant` gets: only those of its own service, each spelt as IAM spells it."""

import difflib
from collections.abc import Collection, Sequence

from .validation import reject

_ELSEWHERE = 'For other permissions give the function a statement: {"actions": […], "resources": […]}.'


def granted_actions(component: str, service: str, actions: Sequence[str], known: Collection[str]) -> set[str]:
    """Return the actions without the prefix of their service.

    Raises InvalidArgument for no action, a pattern, an action of another service, and one that is not in `known`.
    """
    if not actions:
        reject(component, "grant", "has no action", f"Name at least one, e.g. `{service}:{min(known)}`.")
    names = set()
    for action in actions:
        prefix, _, name = str(action).partition(":")
        if prefix != service:
            rule = f"has {action!r}, which is not an action of {service}"
            reject(component, "grant", rule, _ELSEWHERE)
        if "*" in name or "?" in name:
            reject(component, "grant", f"has {action!r}, a pattern", "Name each action.")
        if name not in known:
            lower = {one.lower(): one for one in known}
            near = difflib.get_close_matches(name.lower(), lower, 1)
            meant = f"Did you mean `{service}:{lower[near[0]]}`?" if near else _ELSEWHERE
            reject(component, "grant", f"has {action!r}, which is no action on this store", meant)
        names.add(name)
    return names
