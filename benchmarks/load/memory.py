"""Measures resident memory and CPU time of the region's processes from /proc: workers, MiniStack, the simulator."""

from __future__ import annotations

import os
import statistics
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

_FUNCTION = b"AWS_LAMBDA_FUNCTION_NAME="
MINISTACK = "MiniStack"
OURS = "simulator, stand-in, people"


@dataclass(frozen=True)
class Process:
    """One process at one time: its role (a function's name, MiniStack, …), memory and CPU time so far."""

    pid: int
    role: str
    megabytes: float
    processor_seconds: float = 0.0


@dataclass(frozen=True)
class Sample:
    """The processes at the time when a share of the tickets had ended."""

    share: float
    processes: tuple[Process, ...]

    def by_role(self) -> dict[str, list[float]]:
        """Return the megabytes of each role's processes."""
        found: dict[str, list[float]] = defaultdict(list)
        for process in self.processes:
            found[process.role].append(process.megabytes)
        return dict(found)

    def processor(self) -> dict[str, float]:
        """Return the CPU seconds so far of each role's running processes."""
        found: dict[str, float] = defaultdict(float)
        for process in self.processes:
            found[process.role] += process.processor_seconds
        return dict(found)


def sample(share: float, ministack: int) -> Sample:
    """Measure this process and MiniStack's process group (Linux only)."""
    found = [_process(os.getpid(), OURS)]
    for folder in Path("/proc").iterdir():
        if not folder.name.isdigit():
            continue
        pid = int(folder.name)
        try:
            if os.getpgid(pid) == ministack:
                found.append(_process(pid, _role(pid, ministack)))
        except (ProcessLookupError, FileNotFoundError):
            continue  # the process has ended in the meantime
    return Sample(share, tuple(found))


def growth(samples: Iterable[Sample]) -> dict[str, float]:
    """Return the growth of the median process between the first and the last sample, by role, as a share.

    The median is used, because the number of workers varies with the load.
    """
    ordered = sorted(samples, key=lambda each: each.share)
    first, last = _medians(ordered[0]), _medians(ordered[-1])
    return {role: last[role] / first[role] - 1 for role in first if role in last}


def _medians(taken: Sample) -> Mapping[str, float]:
    return {role: statistics.median(values) for role, values in taken.by_role().items()}


def _role(pid: int, ministack: int) -> str:
    if pid == ministack:
        return MINISTACK
    variables = Path(f"/proc/{pid}/environ").read_bytes().split(b"\0")
    named = [each[len(_FUNCTION) :] for each in variables if each.startswith(_FUNCTION)]
    return named[0].decode() if named else "other"


def _process(pid: int, role: str) -> Process:
    # The command's name may contain any character, so fields are counted after its closing parenthesis.
    spent = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    ticks = int(spent[11]) + int(spent[12])
    return Process(pid, role, _resident(pid), ticks / os.sysconf("SC_CLK_TCK"))


def _resident(pid: int) -> float:
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) / 1024
    return 0.0
