"""Searches all output of a test run for the secrets in use: log records, printed text, output of processes.

It searches every record that any logger handles, with its extra fields and traceback; the captured standard output
and error of every test; the output of every process that a test waits for; and what fixtures pass to `look`, such as
the logs of the local region's functions. Workers of xdist and forked processes write their findings to one file, and
the run that started them fails. An assertion's own report is not searched, nor is
the output of tests under `-s`.
"""

from __future__ import annotations

import json
import logging
import os
import subprocess
import tempfile
from collections.abc import Generator
from pathlib import Path
from typing import Any

import pytest

from tests.secrets_in_use import KINDS, forms

_OF_EVERY_RECORD = frozenset(logging.makeLogRecord({}).__dict__) | {"message", "asctime", "taskName"}
_SHORTEST = 8
#: Number of log records that are searched together, which takes a tenth of the time of searching each.
_AT_ONCE = 500


class Watch:
    """The secrets to search for, the current test, and the file for findings."""

    def __init__(self, notes: Path) -> None:
        self.notes = notes
        self.test = "while collecting"
        self._known: dict[str, str] = {}
        self._records: list[str] = []
        self._process = os.getpid()
        for secret, kind in KINDS.items():
            self.learn(kind, secret)

    def learn(self, kind: str, secret: str) -> None:
        """Search for one more secret from now on."""
        assert len(secret) >= _SHORTEST, "too short to be told apart from anything else"
        self._known |= {form: f"{kind} {written}" for form, written in forms(secret).items()}

    def hear(self, record: str) -> None:
        """Search a log record at the end of its test, or at once in a forked process, which may end at any time."""
        self._records.append(record)
        if len(self._records) >= _AT_ONCE or os.getpid() != self._process:
            self.finish()

    def finish(self) -> None:
        """Search the log records that were not searched yet."""
        records, self._records = self._records, []
        self.look("a log record", "\n".join(records))

    def look(self, where: str, text: str) -> None:
        """Search one text; `where` says what it is."""
        for form, what in self._known.items():
            if form in text:
                with self.notes.open("a") as notes:
                    notes.write(json.dumps([self.test, where, what]) + "\n")

    def findings(self) -> list[str]:
        """Return the findings of this and other processes, without the secrets themselves."""
        noted = {tuple(json.loads(line)) for line in self.notes.read_text().splitlines()}
        return [f"{test}: {what}, in {where}" for test, where, what in sorted(noted)]


_watches: list[Watch] = []


def learn(kind: str, secret: str) -> None:
    """Search for a secret that is created while the tests run."""
    for watch in _watches:
        watch.learn(kind, secret)


def look(where: str, text: str) -> None:
    """Search output that pytest does not see."""
    for watch in _watches:
        watch.look(where, text)


class Plugin:
    """The pytest plugin: one in each process of a run."""

    def __init__(self, config: pytest.Config) -> None:
        given = getattr(config, "workerinput", {}).get("secret_notes")
        self._is_first = given is None
        self._folder = tempfile.TemporaryDirectory() if given is None else None
        self.watch = Watch(Path(given or self._folder.name, "" if given else "notes"))  # type: ignore[union-attr]
        self.watch.notes.touch()
        self._patches = pytest.MonkeyPatch()
        self._listen()
        _watches.append(self.watch)

    def _listen(self) -> None:
        watch = self.watch
        handle, read, communicate = (
            logging.Logger.handle,
            pytest.CaptureFixture.readouterr,
            subprocess.Popen.communicate,
        )

        def heard(logger: logging.Logger, record: logging.LogRecord) -> None:
            watch.hear(_said(record))
            handle(logger, record)

        def taken(fixture: pytest.CaptureFixture[Any]) -> Any:
            captured = read(fixture)
            for stream, text in zip(("stdout", "stderr"), captured, strict=True):
                watch.look(stream, _text(text))
            return captured

        def received(process: subprocess.Popen[Any], *arguments: Any, **named: Any) -> Any:
            output = communicate(process, *arguments, **named)
            for part in output:
                watch.look("the output of a process", _text(part))
            return output

        self._patches.setattr(logging.Logger, "handle", heard)
        self._patches.setattr(pytest.CaptureFixture, "readouterr", taken)
        self._patches.setattr(subprocess.Popen, "communicate", received)

    @pytest.hookimpl(optionalhook=True)
    def pytest_configure_node(self, node: Any) -> None:
        """Tell a worker which file to write its findings to."""
        node.workerinput["secret_notes"] = str(self.watch.notes)

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_protocol(self, item: pytest.Item) -> Generator[None, object, object]:
        """Record which test runs."""
        self.watch.test = item.nodeid
        result = yield
        self.watch.finish()
        self.watch.test = f"after {item.nodeid}"
        return result

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_makereport(
        self, item: pytest.Item, call: pytest.CallInfo[None]
    ) -> Generator[None, Any, Any]:
        """Search the captured output; the report of the teardown contains all of it."""
        report = yield
        if report.when == "teardown":
            self._captured(report)
        return report

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        """Search the output captured during collection."""
        self._captured(report)

    def _captured(self, report: Any) -> None:
        for name, text in report.sections:
            stream = name.split()[1]
            if stream != "log":
                self.watch.look(stream, text)

    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        """Fail the run."""
        self.watch.finish()
        if self._is_first and self.watch.findings():
            session.exitstatus = pytest.ExitCode.TESTS_FAILED

    def pytest_terminal_summary(self, terminalreporter: Any) -> None:
        """Print the findings."""
        found = self.watch.findings()
        if self._is_first and found:
            terminalreporter.section("secrets in the output", red=True, bold=True)
            for line in found:
                terminalreporter.line(line, red=True)

    def pytest_unconfigure(self) -> None:
        """Restore everything."""
        self._patches.undo()
        _watches.remove(self.watch)
        if self._folder:
            self._folder.cleanup()


def _said(record: logging.LogRecord) -> str:
    """Return everything that Lambda would write of a record."""
    more = [str(value) for name, value in record.__dict__.items() if name not in _OF_EVERY_RECORD]
    if record.exc_info and record.exc_info[1]:
        more.append(logging.Formatter().formatException(record.exc_info))
    return "\n".join([record.getMessage(), *more])


def _text(output: object) -> str:
    return output.decode(errors="replace") if isinstance(output, bytes) else str(output or "")
