"""Types of settings: how a value is validated, whether it comes as text from the configuration or as an argument."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, Protocol
from urllib.parse import urlsplit

import pulumi

from ..function.bytecode import find_interpreter, missing_interpreter

_ASCII_HOST = (
    "must have a host in ASCII letters; write one with other letters in its form that begins with xn--"
)


class InvalidValue(Exception):
    """A setting's value breaks its rule; the message continues after the setting's name and contains no secret."""


class ValueRule(Protocol):
    """The rule for a setting's value."""

    python_type: ClassVar[type]
    """Type of a value in normal form."""

    @property
    def example(self) -> str:
        """A valid value, as typed in a shell."""

    def checked(self, value: Any) -> Any:
        """Validate a value and return it in normal form. Raises InvalidValue."""


@dataclass(frozen=True)
class Text:
    """Text that matches a pattern as a whole; `requirement` says the pattern in words, e.g. "must be a number"."""

    python_type: ClassVar[type] = str
    pattern: str
    example: str
    requirement: str

    def checked(self, value: Any) -> str:
        """Return the text without blanks around it. Raises InvalidValue."""
        text = str(value).strip()
        if not re.fullmatch(self.pattern, text):
            raise InvalidValue(f"is {text!r}, but {self.requirement}")
        return text


@dataclass(frozen=True)
class CommaSeparated:
    """A comma-separated list whose entries match a pattern; `requirement` says the pattern in words."""

    python_type: ClassVar[type] = str
    pattern: str
    example: str
    requirement: str
    may_be_empty: bool = True

    def checked(self, value: Any) -> str:
        """Return the list without blanks and empty entries. Raises InvalidValue."""
        entries = _entries(value)
        if not entries and not self.may_be_empty:
            raise InvalidValue("is empty, but needs at least one entry")
        for entry in entries:
            if not re.fullmatch(self.pattern, entry):
                raise InvalidValue(f"contains {entry!r}, but {self.requirement}")
        return ",".join(entries)


@dataclass(frozen=True)
class BaseUrl:
    """An https URL to which paths are appended; http is allowed for localhost only."""

    python_type: ClassVar[type] = str
    example: str
    ends_in: str = ""
    may_be_empty: bool = False

    def checked(self, value: Any) -> str:
        """Return the URL without a slash at its end. Raises InvalidValue."""
        url = str(value).strip().rstrip("/")
        if not url and self.may_be_empty:
            return ""
        parts = urlsplit(url)
        if parts.scheme not in ("https", "http") or not parts.hostname or re.search(r"\s", url):
            raise InvalidValue(f"is {url!r}, but must be a URL that begins with https://")
        if parts.scheme == "http" and parts.hostname not in ("127.0.0.1", "localhost"):
            raise InvalidValue(
                f"is {url!r}, but must begin with https://: the token would be sent unencrypted"
            )
        if parts.query or parts.fragment or parts.username:
            raise InvalidValue(f"is {url!r}, but must have no query, fragment or user")
        if not parts.hostname.isascii():
            raise InvalidValue(f"is {url!r}, but {_ASCII_HOST}")
        if not parts.path.endswith(self.ends_in):
            raise InvalidValue(f"is {url!r}, but must end in {self.ends_in}")
        return url


@dataclass(frozen=True)
class JsonFields:
    """A JSON object of fields, without those in `reserved`; empty text for none."""

    python_type: ClassVar[type] = str
    reserved: tuple[str, ...]
    example: str

    def checked(self, value: Any) -> str:
        """Return the object as JSON without blanks. Raises InvalidValue."""
        text = str(value).strip()
        if not text:
            return ""
        try:
            fields = json.loads(text)
        except ValueError as error:
            raise InvalidValue(f"is {text!r}, but must be JSON ({error})") from error
        if not isinstance(fields, dict):
            raise InvalidValue(f"is {text!r}, but must be a JSON object of fields by id")
        if taken := sorted(set(fields) & set(self.reserved)):
            raise InvalidValue(f"contains {taken[0]}, but Kinexus sets that field itself")
        return json.dumps(fields, separators=(",", ":"), ensure_ascii=False) if fields else ""


@dataclass(frozen=True)
class ObjectOf:
    """An object, in the configuration as JSON, whose entries have one rule; `names` are its keys, empty for any."""

    python_type: ClassVar[type] = dict
    entry: "Text | Number"
    example: str
    names: tuple[str, ...] = ()

    def checked(self, value: Any) -> dict[str, Any]:
        """Return the object with its entries in normal form; entries that are outputs stay. Raises InvalidValue."""
        if isinstance(value, str):
            try:
                value = json.loads(value)
            except ValueError as error:
                raise InvalidValue(f"is {value!r}, but must be JSON ({error})") from error
        if not isinstance(value, Mapping):
            raise InvalidValue(f"is {value!r}, but must be an object of values by name")
        for name in value:
            if self.names and name not in self.names:
                raise InvalidValue(f"contains {name!r}, but must contain only {', '.join(self.names)}")
        return {name: self._checked(name, one) for name, one in value.items()}

    def _checked(self, name: str, one: Any) -> Any:
        """Return one entry in normal form."""
        if isinstance(one, pulumi.Output):
            return one
        try:
            return self.entry.checked(one)
        except InvalidValue as error:
            raise InvalidValue(f"has an entry {name!r} that {error}") from error


@dataclass(frozen=True)
class Flag:
    """True or false."""

    python_type: ClassVar[type] = bool
    example: ClassVar[str] = "true"

    def checked(self, value: Any) -> bool:
        """Return the value as a bool. Raises InvalidValue."""
        text = str(value).strip().lower()
        if text not in ("true", "false"):
            raise InvalidValue(f"is {text!r}, but must be true or false")
        return text == "true"


@dataclass(frozen=True)
class CompilingFlag(Flag):
    """True or false; true only where an interpreter of a version such as `3.13` is there to compile with."""

    example: ClassVar[str] = "false"
    python: str

    def checked(self, value: Any) -> bool:
        """Return the value as a bool. Raises InvalidValue."""
        wanted = super().checked(value)
        if wanted and find_interpreter(self.python) is None:
            raise InvalidValue(
                f"is true, but {missing_interpreter(self.python)}; install it, or choose false"
            )
        return wanted


@dataclass(frozen=True)
class Number:
    """A whole number within bounds."""

    python_type: ClassVar[type] = int
    lowest: int
    highest: int
    example: str

    def checked(self, value: Any) -> int:
        """Return the value as an int. Raises InvalidValue."""
        text = _number(value)
        if not re.fullmatch(r"\d{1,9}", text) or not self.lowest <= int(text) <= self.highest:
            raise InvalidValue(f"is {text!r}, but must be a number from {self.lowest} to {self.highest}")
        return int(text)


@dataclass(frozen=True)
class OneOf:
    """One of several numbers."""

    python_type: ClassVar[type] = int
    choices: tuple[int, ...]
    example: str

    def checked(self, value: Any) -> int:
        """Return the value as an int. Raises InvalidValue."""
        text = _number(value)
        if text not in map(str, self.choices):
            raise InvalidValue(f"is {text!r}, but must be one of {', '.join(map(str, self.choices))}")
        return int(text)


@dataclass(frozen=True)
class Secret:
    """A secret, which is stored encrypted; with `several`, a comma-separated list of secrets."""

    python_type: ClassVar[type] = str
    example: str
    minimum_length: int = 1
    several: bool = False

    def checked(self, value: Any) -> str:
        """Return the secret, or each of several, without blanks around it. Raises InvalidValue."""
        secret = ",".join(_entries(value)) if self.several else str(value).strip()
        if not secret:
            raise InvalidValue("is empty")
        if len(secret) < self.minimum_length:
            raise InvalidValue(f"has {len(secret)} characters, but needs at least {self.minimum_length}")
        return secret


@dataclass(frozen=True)
class SecretUrl(Secret):
    """A URL that is a secret, to which requests are sent; http is allowed for localhost only."""

    def checked(self, value: Any) -> str:
        """Return the URL. Raises InvalidValue, whose message does not contain it."""
        url = super().checked(value)
        try:
            parts = urlsplit(url)
            host = parts.hostname
        except ValueError as error:
            raise InvalidValue("is not a URL") from error
        is_local = parts.scheme == "http" and host in ("127.0.0.1", "localhost")
        if not host or re.search(r"\s", url) or not (parts.scheme == "https" or is_local):
            raise InvalidValue("must be a URL that begins with https://")
        if parts.username is not None or parts.fragment:
            raise InvalidValue("must have no user and no fragment")
        if not host.isascii():
            raise InvalidValue(_ASCII_HOST)
        return url


def _entries(text: Any) -> list[str]:
    """Split a comma-separated list, without blanks and empty entries."""
    return [entry.strip() for entry in str(text).split(",") if entry.strip()]


def _number(value: Any) -> str:
    """Return a number as text, without the `.0` that whole numbers have in programs in other languages."""
    return str(value).strip().removesuffix(".0")
