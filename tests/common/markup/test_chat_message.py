"""A chat message names a review and links it, in the format of the webhook's host, and says nothing else."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from common.markup.chat_message import ChatFormat, InvalidChatUrl, chat_format, chat_host, chat_message
from stack.pipeline.setting_types import InvalidValue, SecretUrl

KEY, LINK = "DOCS-12", "https://example.atlassian.net/browse/DOCS-12"


@pytest.mark.parametrize(
    ("url", "wanted"),
    [
        ("https://hooks.slack.com/services/T0/B0/x", ChatFormat.SLACK),
        ("https://chat.example.com/hooks/1", ChatFormat.SLACK),
        ("https://example.webhook.office.com/webhookb2/1", ChatFormat.TEAMS),
        ("https://prod-1.westeurope.logic.azure.com:443/workflows/1?sig=x", ChatFormat.TEAMS),
        ("https://d1.00.environment.api.powerplatform.com:443/powerautomate/1?sig=x", ChatFormat.TEAMS),
        ("https://logic.azure.com.example.com/1", ChatFormat.SLACK),
        ("http://127.0.0.1:8080/services/x", ChatFormat.SLACK),
    ],
)
def test_the_host_chooses_the_format(url: str, wanted: ChatFormat) -> None:
    assert chat_format(chat_host(url)) is wanted


@pytest.mark.parametrize("kind", ChatFormat)
def test_a_message_holds_key_and_link_only(kind: ChatFormat) -> None:
    text = json.dumps(chat_message(kind, KEY, LINK))
    assert KEY in text.replace(LINK, "")
    assert LINK in text
    if kind is ChatFormat.SLACK:
        assert chat_message(kind, KEY, LINK) == {"text": f"Documentation review waiting: <{LINK}|{KEY}>"}
    else:
        [attachment] = chat_message(kind, KEY, LINK)["attachments"]
        assert attachment["contentType"] == "application/vnd.microsoft.card.adaptive"
        assert attachment["content"]["type"] == "AdaptiveCard"


URLS = st.builds(
    "{}{}{}{}{}".format,
    st.sampled_from(["https://", "http://", "ftp://", "", "HTTPS://", "file://", "https:"]),
    st.sampled_from(["", "user@", "user:word@", "@"]),
    st.sampled_from(["hooks.slack.com", "127.0.0.1", "localhost", "10.0.0.1", "[::1", "[::1]", "", "a b"]),
    st.sampled_from(["", ":443", ":x"]),
    st.sampled_from(["", "/services/secret", "/a?sig=secret", "/a#secret"]),
)


@given(URLS)
def test_the_setting_allows_only_what_the_function_sends_to(url: str) -> None:
    """Both refuse without repeating the URL, which is a secret."""
    refused = ""
    try:
        SecretUrl("").checked(url)
    except InvalidValue as error:
        refused = str(error)
    assert "secret" not in refused
    if refused:
        return
    assert chat_host(url)
    assert url.lower().startswith("https://") or chat_host(url) in ("127.0.0.1", "localhost")


@given(URLS)
def test_a_refused_url_is_not_repeated(url: str) -> None:
    refused = ""
    try:
        chat_host(url)
    except InvalidChatUrl as error:
        refused = str(error)
    assert "secret" not in refused
