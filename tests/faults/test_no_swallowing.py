"""No ``except`` without an outcome (see swallowing.py for what counts as one), in every source that we run.

It does not prove that the outcome is the right one; the other tests here do.
"""

from __future__ import annotations

import ast
from functools import cache
from pathlib import Path

import pytest

from tests.faults.swallowing import OUTCOMES, Swallowed, swallowed

ROOT = Path(__file__).parents[2]
ROOMS = ("common", "handlers", "ops", "preflight", "provider", "stack", "local")
SOURCES = sorted(path for room in ROOMS for path in (ROOT / room).rglob("*.py"))

#: Where an error may go: file, function, what is caught, and why that is right.
LET_GO = {
    (
        "common/marked_comment.py",
        "tell",
        "(NotFound, Refused)",
    ): "nobody can be told in a ticket that is gone or takes no comment; logged, and a 401 is raised on",
    (
        "common/marked_comment.py",
        "tell_failure",
        "AtlassianError",
    ): "Jira is down while a failure is told: it is on record, in the dead-letter queue and in the log",
    (
        "common/own_queue.py",
        "OwnQueue.show",
        "ClientError",
    ): "a message that is seen already needs not be shown; logged, and what else SQS says is raised on",
    (
        "common/records.py",
        "Records._release",
        "ConditionFailed",
    ): "the lease ran out and is somebody else's: there is nothing to give back",
    (
        "handlers/approval_handler/telling.py",
        "_link",
        "(NotFound, Refused)",
    ): "a ticket that is gone or takes no link cannot be linked to its page; logged, and a 401 is raised on",
    (
        "handlers/document_orchestrator/orchestration.py",
        "Orchestration._free",
        "Busy",
    ): "a failed document that begins again keeps its page, and whoever wants that of another gives it back; logged",
    (
        "handlers/approval_handler/hearing.py",
        "Hearing._authors",
        "NotFound",
    ): "with four eyes, whose change a source ticket was that is gone by now is on record",
    (
        "handlers/approval_handler/deciding.py",
        "Deciding._untold",
        "ConditionFailed",
    ): "somebody else moved the published document on, and tells people or puts on record why not; logged",
    (
        "handlers/approval_handler/publishing.py",
        "Publisher.publish",
        "Stale",
    ): "the loop tries again on the page as it is now, and raises TooBusy when it has tried enough",
    (
        "handlers/document_orchestrator/judge.py",
        "judge",
        "ModelFailure",
    ): "behind the loop the fallback's verdict is returned, which says on record that it is one",
    (
        "common/queue_door.py",
        "_work_or_wait",
        "Busy",
    ): "a copy of the message waits in its queue, or GivenUp is raised when it has waited long enough",
    (
        "handlers/document_orchestrator/next_draft.py",
        "Drafter._tickets",
        "NotFound",
    ): "a draft is made from the source tickets that are left; GivenUp is raised when none is; logged",
    (
        "handlers/document_orchestrator/orchestration.py",
        "Orchestration._hand_back",
        "AtlassianError",
    ): "the reviewer was told already, and can move the ticket; logged",
    (
        "handlers/review_ticket_creator/review_ticket.py",
        "ReviewTickets._find",
        "NotFound",
    ): "the lines behind it find or make another ticket in place of the one that is gone; logged",
    (
        "handlers/review_ticket_creator/review_ticket.py",
        "ReviewTickets.sources",
        "NotFound",
    ): "a source ticket that is gone is named as such in the review; logged",
    (
        "ops/dead_letters.py",
        "let_go",
        "suppress(ClientError)",
    ): "the hold ran out, so the message is to be seen already, which is what was wanted",
    (
        "stack/packaging.py",
        "_install",
        "ignore_errors",
    ): "the folder to be filled anew may not be there; filling it fails where it could not be emptied",
    (
        "local/atlassian/cql.py",
        "_moment",
        "ValueError",
    ): "the loop tries the next format, and raises QueryError behind the last one",
    (
        "local/atlassian/jql.py",
        "_moment",
        "ValueError",
    ): "the loop tries the next format, and raises QueryError behind the last one",
    (
        "local/demo/__init__.py",
        "demo",
        "ignore_errors",
    ): "the last demo's output may not be there",
    (
        "local/interrupt.py",
        "_interrupt_loop",
        "RuntimeError",
    ): "the interrupt has left the event loop already, which is what is waited for",
    (
        "local/region/launch.py",
        "end_with_parent",
        "ignore_errors",
    ): "a temporary folder of a process that ends; nobody is left to be told",
    (
        "local/region/ministack.py",
        "start",
        "ignore_errors",
    ): "a temporary folder is cleared away while the error that matters is raised",
    (
        "local/region/ministack.py",
        "MiniStack.stop",
        "ignore_errors",
    ): "a temporary folder of a process that ends; what is left of it harms nobody",
    (
        "local/region/ministack.py",
        "_wait_until_up",
        "requests.RequestException",
    ): "it is not up yet: the loop asks again, and raises RegionFailure when its time is over",
    (
        "local/region/ministack.py",
        "_end",
        "suppress(OSError)",
    ): "the process closed its input itself, being at its end",
    (
        "local/region/ministack.py",
        "_end",
        "subprocess.TimeoutExpired",
    ): "the next lines kill the process that did not end, and it is said on the screen",
    (
        "local/region/ministack.py",
        "_end",
        "suppress(ProcessLookupError, PermissionError)",
    ): "the process group is gone already, which is what was wanted",
    (
        "local/region_file.py",
        "refuse_second",
        "NoRegion",
    ): "that no region is running is what the caller wants to be sure of",
}


@cache
def found_in(path: Path) -> list[Swallowed]:
    return swallowed(path.read_text())


@pytest.mark.parametrize("room", ROOMS)
def test_no_except_is_without_an_outcome(room: str) -> None:
    sources = [path for path in SOURCES if path.relative_to(ROOT).parts[0] == room]
    assert sources
    names = {path: str(path.relative_to(ROOT)) for path in sources}
    found = [
        f"{names[path]}:{each.line} in {each.function}: {each.caught}"
        for path in sources
        for each in found_in(path)
        if (names[path], each.function, each.caught) not in LET_GO
    ]
    assert found == [], (
        "swallowed: raise, return or set what follows from it, or write the reason into LET_GO"
    )


def test_every_exception_from_the_rule_is_still_needed() -> None:
    found = {
        (str(path.relative_to(ROOT)), each.function, each.caught)
        for path in SOURCES
        for each in found_in(path)
    }
    assert set(LET_GO) - found == set()
    assert all(len(reason) > 20 for reason in LET_GO.values())


def test_every_recognised_outcome_is_still_called() -> None:
    called = {
        getattr(node.func, "attr", getattr(node.func, "id", ""))
        for path in SOURCES
        for handler in ast.walk(ast.parse(path.read_text()))
        if isinstance(handler, ast.ExceptHandler)
        for node in ast.walk(handler)
        if isinstance(node, ast.Call)
    }
    assert set(OUTCOMES) - called == set()


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
    "told and on record": "def f(self):\n try:\n  g()\n except ValueError as e:\n  self._end(e)\n  return",
    "a finally without a jump": "def f():\n try:\n  g()\n finally:\n  tidy_up()",
}


@pytest.mark.parametrize("source", SWALLOWS.values(), ids=SWALLOWS.keys())
def test_the_walk_finds_what_swallows(source: str) -> None:
    assert len(swallowed(source)) == 1


@pytest.mark.parametrize("source", HAS_OUTCOME.values(), ids=HAS_OUTCOME.keys())
def test_the_walk_leaves_outcomes_alone(source: str) -> None:
    assert swallowed(source) == []
