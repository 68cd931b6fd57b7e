"""A failing demo names the step and the reason, and exits with 1."""

import contextlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from local import demo as demo_package
from local.demo import demo


@pytest.mark.parametrize("error", [RuntimeError("the port [8080] is gone"), KeyError("jiraWebhookUrl")])
def test_failure_while_starting_names_the_step(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    @contextlib.contextmanager
    def broken(*, on_step: Any, model_choice: Any) -> Iterator[None]:
        on_step("starting AWS")
        raise error
        yield

    monkeypatch.setattr(demo_package, "local_environment", broken)
    monkeypatch.setattr(demo_package, "is_made", lambda: True)
    assert demo(output=tmp_path / "pages") == 1
    said = capsys.readouterr().out
    assert "The demo failed at: starting AWS" in said
    assert str(error) in said
