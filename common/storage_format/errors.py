"""What can be wrong with a page or with an edit."""

from __future__ import annotations


class MalformedStorage(ValueError):
    """The text is not storage format: `line` and `column` (both from 1, in characters) say where."""

    def __init__(self, line: int, column: int, what: str) -> None:
        super().__init__(f"line {line}, column {column}: {what}")
        self.line = line
        self.column = column
        self.what = what

    def __reduce__(self) -> tuple[type[MalformedStorage], tuple[int, int, str]]:
        return type(self), (self.line, self.column, self.what)


class InvalidEdit(ValueError):
    """An edit cannot be made as it stands; `reason` is written for the one who proposed it."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason
