"""Kinds of settings: what a value may be, whether it comes as text from the configuration or as an argument."""

import re
from dataclasses import dataclass
from typing import Any, ClassVar, Protocol
from urllib.parse import urlsplit


class InvalidValue(Exception):
    """A value is not what it may be; the message goes on after the setting's name, and shows no secret."""


class ValueRule(Protocol):
    """What a setting may be."""

    python_type: ClassVar[type]
    """Type of a value in its normal form."""

    @property
    def example(self) -> str:
        """A value that is right, as one would type it."""

    def checked(self, value: Any) -> Any:
        """Return a value in its normal form. Raises BrokenRule."""


@dataclass(frozen=True)
class Text:
    """Text that matches a pattern as a whole."""

    python_type: ClassVar[type] = str
    pattern: str
    example: str

    def checked(self, value: Any) -> str:
        """Take off blanks around it."""
        text = str(value).strip()
        if not re.fullmatch(self.pattern, text):
            raise InvalidValue(f"is {text!r}, which is malformed")
        return text


@dataclass(frozen=True)
class CommaSeparated:
    """A comma-separated list whose words match a pattern each; blanks around them do not count."""

    python_type: ClassVar[type] = str
    pattern: str
    example: str
    may_be_empty: bool = True

    def checked(self, value: Any) -> str:
        """Leave out blanks and empty words."""
        words = _words(value)
        if not words and not self.may_be_empty:
            raise InvalidValue("is empty")
        for word in words:
            if not re.fullmatch(self.pattern, word):
                raise InvalidValue(f"contains {word!r}, which is malformed")
        return ",".join(words)


@dataclass(frozen=True)
class BaseUrl:
    """What paths are appended to."""

    python_type: ClassVar[type] = str
    example: str
    ends_in: str = ""

    def checked(self, value: Any) -> str:
        """Drop a slash at its end."""
        url = str(value).strip().rstrip("/")
        parts = urlsplit(url)
        if parts.scheme not in ("https", "http") or not parts.hostname or re.search(r"\s", url):
            raise InvalidValue(f"is {url!r}, which is no URL")
        if parts.scheme == "http" and parts.hostname not in ("127.0.0.1", "localhost"):
            raise InvalidValue(f"is {url!r}, which would send the token unencrypted")
        if parts.query or parts.fragment or parts.username:
            raise InvalidValue(f"is {url!r}, and a base URL has no query, fragment or user")
        if not parts.path.endswith(self.ends_in):
            raise InvalidValue(f"is {url!r}, and does not end in {self.ends_in}")
        return url


@dataclass(frozen=True)
class Flag:
    """True or false."""

    python_type: ClassVar[type] = bool
    example: ClassVar[str] = "true"

    def checked(self, value: Any) -> bool:
        """Read it."""
        text = str(value).strip().lower()
        if text not in ("true", "false"):
            raise InvalidValue(f"is {text!r}, and must be true or false")
        return text == "true"


@dataclass(frozen=True)
class Number:
    """A whole number within bounds."""

    python_type: ClassVar[type] = int
    lowest: int
    highest: int
    example: str

    def checked(self, value: Any) -> int:
        """Read it."""
        text = _number(value)
        if not re.fullmatch(r"\d{1,9}", text) or not self.lowest <= int(text) <= self.highest:
            raise InvalidValue(f"is {text!r}, and must be a number from {self.lowest} to {self.highest}")
        return int(text)


@dataclass(frozen=True)
class OneOf:
    """One of several numbers."""

    python_type: ClassVar[type] = int
    choices: tuple[int, ...]
    example: str

    def checked(self, value: Any) -> int:
        """Read it."""
        text = _number(value)
        if text not in map(str, self.choices):
            raise InvalidValue(f"is {text!r}, and must be one of {', '.join(map(str, self.choices))}")
        return int(text)


@dataclass(frozen=True)
class Secret:
    """What nobody may read; several in one, comma separated, where `several`."""

    python_type: ClassVar[type] = str
    example: str
    least: int = 1
    several: bool = False

    def checked(self, value: Any) -> str:
        """Take off blanks around it, or around each."""
        secret = ",".join(_words(value)) if self.several else str(value).strip()
        if not secret:
            raise InvalidValue("is empty")
        if len(secret) < self.least:
            raise InvalidValue(f"has {len(secret)} characters, fewer than {self.least}")
        return secret


def _words(text: Any) -> list[str]:
    """Split at commas."""
    return [word.strip() for word in str(text).split(",") if word.strip()]


def _number(value: Any) -> str:
    """Write a number without the fraction that whole ones have on the wire."""
    return str(value).strip().removesuffix(".0")
