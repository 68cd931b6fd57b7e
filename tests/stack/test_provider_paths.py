"""A stack's state names its dynamic providers by module and class: states from before the move still load."""

import pickle

import pytest

from stack.pipeline.jira_webhook import JiraWebhookProvider
from stack.pipeline.preflight_provider import PreflightProvider

#: Instances as Pulumi pickles them: the class by its path, without state.
WRITTEN = {
    b"\x80\x02cstack.jira_webhook\nJiraWebhookProvider\nq\x00)\x81q\x01.": JiraWebhookProvider,
    b"\x80\x02cstack.pipeline_preflight_provider\nPreflightProvider\nq\x00)\x81q\x01.": PreflightProvider,
}


@pytest.mark.parametrize("written", WRITTEN)
def test_a_provider_pickled_under_its_old_path_loads(written: bytes) -> None:
    assert type(pickle.loads(written)) is WRITTEN[written]  # noqa: S301 - our own bytes
