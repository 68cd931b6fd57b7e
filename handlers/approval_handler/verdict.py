"""What a person can decide about a draft."""

from enum import StrEnum


class VerdictKind(StrEnum):
    """The three answers to a review."""

    APPROVED = "approved"
    REJECTED = "rejected"
    NEEDS_REVISION = "needs_revision"


class Verdict(str):
    """A decision: it *is* its word (`verdict == "approved"`), and carries the `feedback` that came with it."""

    kind: VerdictKind
    feedback: str
    __slots__ = ("feedback", "kind")

    def __new__(cls, kind: VerdictKind | str, feedback: str = "") -> "Verdict":
        """Make a verdict of one of the three words; anything else raises ValueError."""
        verdict = super().__new__(cls, VerdictKind(kind).value)
        verdict.kind = VerdictKind(kind)
        verdict.feedback = feedback
        return verdict

    def __repr__(self) -> str:
        return f"Verdict({self.kind.value!r}, {self.feedback!r})"
