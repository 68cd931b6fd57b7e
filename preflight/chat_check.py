"""Checks the chat webhook's URL and says where messages go; sends nothing, because each request is a message."""

from __future__ import annotations

from common.markup.chat_message import ChatFormat, InvalidChatUrl, chat_format, chat_host
from preflight.finding import Finding, failed, ok

_WHAT = "chat webhook"


def check_chat_webhook(url: str) -> Finding:
    """Return the finding about a chat webhook's URL, which is a secret: only its host is shown."""
    if not url:
        return ok(_WHAT, "none: chatWebhookUrl is not set")
    try:
        host = chat_host(url)
    except InvalidChatUrl as error:
        return failed(_WHAT, f"its URL {error}", "pulumi config set --secret chatWebhookUrl https://…")
    kind = chat_format(host)
    note = "" if kind is ChatFormat.TEAMS or host == "hooks.slack.com" else ", which other services read, too"
    return ok(_WHAT, f"each new review is announced to {host}, in the format of {kind}{note}")
