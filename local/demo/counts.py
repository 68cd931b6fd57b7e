"""Counts the pipeline's calls to Jira, Confluence, AWS and the model."""

from dataclasses import dataclass

from local.environment import LocalEnvironment


@dataclass(frozen=True)
class CallCounts:
    """Calls and tokens since the region started, or between two counts."""

    jira: int = 0
    confluence: int = 0
    aws: int = 0
    model: int = 0
    input_tokens: int = 0
    output_tokens: int = 0

    def __sub__(self, earlier: "CallCounts") -> "CallCounts":
        return CallCounts(
            *(mine - theirs for mine, theirs in zip(_values(self), _values(earlier), strict=True))
        )

    def __add__(self, other: "CallCounts") -> "CallCounts":
        return CallCounts(
            *(mine + theirs for mine, theirs in zip(_values(self), _values(other), strict=True))
        )


def count_calls(up: LocalEnvironment) -> CallCounts:
    """Count the requests of the Kinexus account to Atlassian and of the functions' roles to AWS and the model."""
    account = up.pipeline_account.name
    calls = up.stand_in.calls()
    return CallCounts(
        jira=len(up.site.site.calls("jira", account)),
        confluence=len(up.site.site.calls("confluence", account)),
        aws=sum(call.is_by_a_function for call in up.stack.calls()),
        model=len(calls),
        input_tokens=sum(call.input_tokens for call in calls),
        output_tokens=sum(call.output_tokens for call in calls),
    )


def _values(counts: CallCounts) -> tuple[int, ...]:
    return (
        counts.jira,
        counts.confluence,
        counts.aws,
        counts.model,
        counts.input_tokens,
        counts.output_tokens,
    )
