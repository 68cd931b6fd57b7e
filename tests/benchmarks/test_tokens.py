"""The prompt that edits a page stays within its limit, whatever the size of the page."""

import pytest

from benchmarks import tokens
from handlers.document_orchestrator.drafting.edit_page_prompt import OUTLINE_BUDGET


@pytest.mark.parametrize("kilobytes", tokens.KILOBYTES)
def test_a_prompt_is_within_its_limit_for_every_size(kilobytes: int) -> None:
    size = tokens.measured(kilobytes)
    assert size.window <= min(OUTLINE_BUDGET, size.whole)
    assert size.prompt <= size.limit
    assert size.whole < OUTLINE_BUDGET or size.window > 0.9 * OUTLINE_BUDGET
