"""Error responses of the simulated Jira and Confluence, in the products' own formats."""

from typing import Any

_V2_CODES = {
    400: "BAD_REQUEST",
    401: "UNAUTHORIZED",
    403: "FORBIDDEN",
    404: "NOT_FOUND",
    409: "CONFLICT",
    410: "GONE",
    413: "REQUEST_TOO_LARGE",
}
_V1_NAMES = {
    400: "BadRequestException",
    403: "PermissionException",
    404: "NotFoundException",
    410: "GoneException",
}


class AtlassianRefusal(Exception):
    """An error response; subclasses define the format of the body."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status
        self.message = message

    def body(self) -> dict[str, Any]:
        """Return the JSON body of the response."""
        raise NotImplementedError


class JiraRefusal(AtlassianRefusal):
    """An error of Jira (ErrorCollection): messages about the request, and errors by field."""

    def __init__(self, status: int, *messages: str, errors: dict[str, str] | None = None) -> None:
        super().__init__(status, "; ".join(messages) or str(errors))
        self.messages = messages
        self.errors = errors or {}

    def body(self) -> dict[str, Any]:
        """Return `{errorMessages, errors}`."""
        return {"errorMessages": list(self.messages), "errors": self.errors}


class ConfluenceRefusal(AtlassianRefusal):
    """An error of Confluence v2: a list of errors."""

    def body(self) -> dict[str, Any]:
        """Return `{errors: [{status, code, title, detail}]}`."""
        code = _V2_CODES.get(self.status, "INTERNAL_SERVER_ERROR")
        return {"errors": [{"status": self.status, "code": code, "title": self.message, "detail": None}]}


class ConfluenceV1Refusal(AtlassianRefusal):
    """An error of Confluence v1: `{statusCode, message}`, with the exception's name before the message."""

    def body(self) -> dict[str, Any]:
        """Return `{statusCode, data, message}`."""
        name = f"com.atlassian.confluence.api.service.exceptions.api.{_V1_NAMES.get(self.status, 'ServiceException')}"
        return {
            "statusCode": self.status,
            "data": {"authorized": True, "valid": False, "errors": [], "successful": False},
            "message": f"{name}: {self.message}",
        }
