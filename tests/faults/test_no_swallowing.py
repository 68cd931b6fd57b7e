"""No ``except`` without an outcome (swallowing.py says what counts as one), in all our sources.

Whether the outcome is right is checked by the other tests here.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.faults.swallowing import idle_excuses, swallowed

ROOT = Path(__file__).parents[2]
ROOMS = ("common", "handlers", "ops", "preflight", "provider", "stack", "local")
SOURCES = sorted(path for room in ROOMS for path in (ROOT / room).rglob("*.py"))


@pytest.mark.parametrize("room", ROOMS)
def test_every_except_has_an_outcome(room: str) -> None:
    sources = [path for path in SOURCES if path.relative_to(ROOT).parts[0] == room]
    assert sources
    found = [
        f"{path.relative_to(ROOT)}:{each.line} in {each.function}: {each.caught}"
        for path in sources
        for each in swallowed(path.read_text())
    ]
    assert found == [], "swallowed: raise, return or set what follows from it, or say why: # let go: REASON"


def test_every_excuse_belongs_to_an_ignored_error() -> None:
    idle = [f"{path.relative_to(ROOT)}:{line}" for path in SOURCES for line in idle_excuses(path.read_text())]
    assert idle == []


SWALLOWS = {
    "pass": "def f():\n try:\n  g()\n except ValueError:\n  pass",
    "an ellipsis": "def f():\n try:\n  g()\n except ValueError:\n  ...",
    "bare, and logged": "def f():\n try:\n  g()\n except:\n  log.info('x')",
    "only a line in the log": "def f():\n try:\n  g()\n except ValueError:\n  log.exception('x')",
    "printed": "def f():\n try:\n  g()\n except ValueError as error:\n  print(error)",
    "a call of anything": "def f():\n try:\n  g()\n except ValueError:\n  tidy_up()",
    "continue": "def f():\n for x in y:\n  try:\n   g()\n  except ValueError:\n   continue",
    "logged, then continue": "def f():\n for x in y:\n  try:\n   g()\n  except ValueError:\n   log.info(x)\n   continue",
    "break": "def f():\n for x in y:\n  try:\n   g()\n  except ValueError:\n   break",
    "return": "def f():\n try:\n  g()\n except ValueError:\n  return",
    "return None from what returns nothing": "def f() -> None:\n try:\n  g()\n except ValueError:\n  return None",
    "a value that nobody reads": "def f():\n try:\n  g()\n except ValueError:\n  failed = True",
    "an attribute that nobody reads": "def f(self):\n try:\n  g()\n except ValueError:\n  self.failed = True",
    "a list that nobody reads": "def f():\n found = []\n try:\n  g()\n except ValueError as e:\n  found.append(e)",
    "only one branch raises": "def f():\n try:\n  g()\n except ValueError as e:\n  if e.args:\n   raise",
    "one branch leaves before": (
        "def f():\n try:\n  g()\n except ValueError as e:\n  if e.args:\n   return\n  raise KeyError from e"
    ),
    "in a loop that may not run": "def f():\n try:\n  g()\n except ValueError as e:\n  for x in e.args:\n   raise",
    "everything, with a value": "def f():\n try:\n  g()\n except BaseException:\n  return 1",
    "everything among others": "def f():\n try:\n  g()\n except (ValueError, BaseException):\n  return 1",
    "everything by no name": "def f():\n try:\n  g()\n except:\n  return 1",
    "contextlib.suppress": "def f():\n with contextlib.suppress(ValueError):\n  g()",
    "suppress by its own name": "def f():\n with suppress(ValueError):\n  g()",
    "return in finally": "def f():\n try:\n  g()\n finally:\n  return 1",
    "break in finally": "def f():\n for x in y:\n  try:\n   g()\n  finally:\n   if x:\n    break",
    "an __exit__ that returns true": "class C:\n def __exit__(self, *_):\n  return True",
    "ignore_errors": "def f():\n shutil.rmtree(x, ignore_errors=True)",
    "at the module's top": "try:\n import x\nexcept ImportError:\n pass",
    "in a function within a function": "def f():\n def h():\n  try:\n   g()\n  except ValueError:\n   pass\n return h",
    "in an except within an except": (
        "def f():\n try:\n  g()\n except ValueError:\n  try:\n   h()\n  except KeyError:\n   pass\n  raise"
    ),
    "in a group": "def f():\n try:\n  g()\n except* ValueError:\n  pass",
}
HAS_OUTCOME = {
    "raised again": "def f():\n try:\n  g()\n except:\n  tidy_up()\n  raise",
    "another raised": "def f():\n try:\n  g()\n except ValueError as e:\n  raise KeyError from e",
    "a value returned": "def f():\n try:\n  g()\n except ValueError:\n  return 0",
    "None from what promises more": "def f() -> int | None:\n try:\n  g()\n except ValueError:\n  return None",
    "a value set and read": "def f():\n try:\n  x = g()\n except ValueError:\n  x = 0\n return x",
    "a list that is read": (
        "def f():\n found = []\n try:\n  g()\n except ValueError as e:\n  found.append(e)\n return found"
    ),
    "each branch": "def f():\n try:\n  g()\n except ValueError as e:\n  if e.args:\n   raise\n  return 1",
    "a finding yielded": "def f():\n try:\n  g()\n except ValueError as e:\n  yield e",
    "a finally without a jump": "def f():\n try:\n  g()\n finally:\n  tidy_up()",
}


@pytest.mark.parametrize("source", SWALLOWS.values(), ids=SWALLOWS.keys())
def test_swallowed_errors_are_found(source: str) -> None:
    assert len(swallowed(source)) == 1


@pytest.mark.parametrize("source", HAS_OUTCOME.values(), ids=HAS_OUTCOME.keys())
def test_outcomes_are_accepted(source: str) -> None:
    assert swallowed(source) == []


EXCUSES = {
    "on the line of the except": "try:\n g()\nexcept ValueError:  # let go: the next line asks again, ten times\n pass",
    "below the except": "try:\n g()\nexcept ValueError:\n # let go: the next line asks again, ten times\n pass",
    "in several lines": "try:\n g()\nexcept ValueError:\n # let go: the next line asks again,\n # ten times\n pass",
    "beside a suppress": "with suppress(ValueError):  # let go: the next line asks again, ten times\n g()",
    "above a call": "# let go: what is left of the folder harms nothing\nrmtree(x, ignore_errors=True)",
}


@pytest.mark.parametrize("source", EXCUSES.values(), ids=EXCUSES.keys())
def test_a_written_reason_excuses_an_ignored_error(source: str) -> None:
    assert swallowed(source) == []
    assert idle_excuses(source) == []


def test_a_reason_excuses_one_place_and_must_have_words() -> None:
    twice = "try:\n g()\nexcept ValueError:\n # let go: both are tried again below\n rmtree(x, ignore_errors=True)"
    assert [each.caught for each in swallowed(twice)] == ["ignore_errors"]
    assert len(swallowed("try:\n g()\nexcept ValueError:  # let go: ok\n pass")) == 1
    elsewhere = "x = 1  # let go: the next line asks again, ten times\ntry:\n g()\nexcept ValueError:\n pass"
    assert len(swallowed(elsewhere)) == 1
    assert idle_excuses(elsewhere) == [1]
