"""Errors: malformed storage format and edits that cannot be made."""

from __future__ import annotations


class MalformedStorage(ValueError):
    """The text is not well-formed storage format. `line` and `column` (both from 1, in characters) say where."""

    def __init__(self, line: int, column: int, what: str) -> None:
        super().__init__(f"line {line}, column {column}: {what}")
        self.line = line
        self.column = column
        self.what = what

    def __reduce__(self) -> tuple[type[MalformedStorage], tuple[int, int, str]]:
        return type(self), (self.line, self.column, self.what)


class InvalidEdit(ValueError):
    """An edit cannot be made. `reason` says why and how to correct it; the model that proposed it reads it."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason
