"""Properties over generated pages and texts: reassembly, locality, tokens, rebasing, rendering.

They show that nothing is lost or moved, not that the Markdown is good. `make fuzz` runs them for longer.
"""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import HealthCheck, given, settings

from tests.common.storage_format.properties import PROPERTIES
from tests.example_count import examples


@pytest.mark.parametrize("holds", PROPERTIES, ids=lambda function: function.__name__)
def test_property_holds(holds: Callable[..., None]) -> None:
    brief = settings(
        max_examples=examples(60), deadline=None, suppress_health_check=list(HealthCheck), database=None
    )
    brief(given(*PROPERTIES[holds])(holds))()
