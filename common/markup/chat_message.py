"""The message that a chat channel gets about a review: its key and link, in the format of the webhook's host.

Slack: https://docs.slack.dev/messaging/sending-messages-using-incoming-webhooks
Teams: https://learn.microsoft.com/en-us/microsoftteams/platform/webhooks-and-connectors/how-to/connectors-using
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Any
from urllib.parse import urlsplit

_TEAMS_HOSTS = (".webhook.office.com", ".logic.azure.com", ".api.powerplatform.com")
_LOOPBACK = ("127.0.0.1", "localhost")


class ChatFormat(StrEnum):
    """The format of a message. Mattermost, Rocket.Chat and Google Chat read Slack's, too."""

    SLACK = "Slack"
    TEAMS = "Microsoft Teams"


class InvalidChatUrl(ValueError):
    """A chat webhook's URL breaks its rule; the message does not contain the URL, which is a secret."""


def chat_host(url: str) -> str:
    """Return the host of a chat webhook's URL. Raises InvalidChatUrl; http is allowed for localhost only."""
    try:
        parts = urlsplit(url)
        host = (parts.hostname or "").lower()
    except ValueError as error:
        raise InvalidChatUrl("is not a URL") from error
    if not host or (parts.scheme != "https" and (parts.scheme != "http" or host not in _LOOPBACK)):
        raise InvalidChatUrl("must be a URL that begins with https://")
    if parts.username is not None or parts.fragment:
        raise InvalidChatUrl("must have no user and no fragment")
    return host


def chat_format(host: str) -> ChatFormat:
    """Return the format that the webhooks of a host read."""
    return ChatFormat.TEAMS if host.endswith(_TEAMS_HOSTS) else ChatFormat.SLACK


def chat_message(kind: ChatFormat, review_key: str, review_url: str) -> Mapping[str, Any]:
    """Return the body of the request: that a documentation review waits, with its key and link and nothing else."""
    if kind is ChatFormat.SLACK:
        return {"text": f"Documentation review waiting: <{review_url}|{review_key}>"}
    card = {
        "$schema": "http://adaptivecards.io/schemas/adaptive-card.json",
        "type": "AdaptiveCard",
        "version": "1.4",
        "body": [
            {
                "type": "TextBlock",
                "wrap": True,
                "text": f"Documentation review waiting: [{review_key}]({review_url})",
            }
        ],
    }
    return {
        "type": "message",
        "attachments": [
            {"contentType": "application/vnd.microsoft.card.adaptive", "contentUrl": None, "content": card}
        ],
    }
