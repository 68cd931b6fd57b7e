"""How many calls the pipeline made: to Jira, Confluence, AWS and the model."""

from dataclasses import dataclass

from local.environment import LocalEnvironment


@dataclass(frozen=True)
class Counts:
    """Calls and tokens since the region came up, or between two moments."""

    jira: int = 0
    confluence: int = 0
    aws: int = 0
    model: int = 0
    input_tokens: int = 0
    output_tokens: int = 0

    def __sub__(self, earlier: "Counts") -> "Counts":
        return Counts(*(mine - theirs for mine, theirs in zip(_values(self), _values(earlier), strict=True)))

    def __add__(self, other: "Counts") -> "Counts":
        return Counts(*(mine + theirs for mine, theirs in zip(_values(self), _values(other), strict=True)))


def count(up: LocalEnvironment) -> Counts:
    """Count what our account asked of Atlassian, and what the functions' roles asked of AWS and the model."""
    us = up.us.name
    calls = up.stand_in.calls()
    return Counts(
        jira=len(up.site.site.calls("jira", us)),
        confluence=len(up.site.site.calls("confluence", us)),
        aws=sum(call.is_by_a_function for call in up.stack.calls()),
        model=len(calls),
        input_tokens=sum(call.input_tokens for call in calls),
        output_tokens=sum(call.output_tokens for call in calls),
    )


def _values(counts: Counts) -> tuple[int, ...]:
    return (
        counts.jira,
        counts.confluence,
        counts.aws,
        counts.model,
        counts.input_tokens,
        counts.output_tokens,
    )
