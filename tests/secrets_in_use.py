"""Every secret that the tests use, in one place, so that the whole suite's output can be searched for them.

The values are made up. None occurs anywhere else by chance, and most contain characters that JSON, URLs and HTML
escape differently.
"""

from __future__ import annotations

import base64
import html
import json
from collections.abc import Iterator
from urllib.parse import quote, quote_plus

#: Tokens of the simulator's accounts: this, followed by the account's name.
TOKEN_OF = "local-api-token-of-"
#: The pipeline's own account in the simulator.
API_TOKEN = f"{TOKEN_OF}kinexus"
#: A token that the simulator does not know.
WRONG_API_TOKEN = "an-API-token/of+nobody=s"
#: The token that the stack's program is configured with.
STACK_API_TOKEN = "the-API-token/of+the=stack"

WEBHOOK_SECRET = "a webhook's secret/of+the=handlers"
NEXT_WEBHOOK_SECRET = "the webhook's next secret/of+the=handlers"
#: The secret of a webhook that is registered in the simulator.
HOOK_SECRET = "the secret/of+a=registered <webhook>"
#: What the stack's program is configured with, the newest first.
STACK_WEBHOOK_SECRETS = ("the-newer-secret/of+the=stack", "the-older-secret/of+the=stack")
#: The specification's own example: https://developer.atlassian.com/cloud/jira/platform/webhooks/
EXAMPLE_SECRET = "It's a Secret to Everybody"

LINK_KEY = "the-link-key/of+the=handlers:0123456789abcdef"
STACK_LINK_KEY = "the-link-key/of+the=stack:0123456789abcdef"

#: A setting or an output that some program keeps secret.
SECRET_SETTING = "a-setting/of+some=program"

KINDS: dict[str, str] = {
    TOKEN_OF: "an API token",
    WRONG_API_TOKEN: "an API token",
    STACK_API_TOKEN: "an API token",
    WEBHOOK_SECRET: "a webhook secret",
    NEXT_WEBHOOK_SECRET: "a webhook secret",
    HOOK_SECRET: "a webhook secret",
    STACK_WEBHOOK_SECRETS[0]: "a webhook secret",
    STACK_WEBHOOK_SECRETS[1]: "a webhook secret",
    EXAMPLE_SECRET: "a webhook secret",
    LINK_KEY: "a link key",
    STACK_LINK_KEY: "a link key",
    SECRET_SETTING: "a secret setting",
}


def forms(secret: str) -> dict[str, str]:
    """Return the encodings of a secret, as {encoded text: name of the encoding}.

    Base64 depends on the neighbouring bytes, as in a Basic Authorization header. So for each of the three possible
    offsets it is the part that does not depend on them.
    """
    return {
        **dict.fromkeys(_in_base64(secret.encode()), "in base64"),
        secret.encode().hex(): "in hexadecimal",
        quote(secret): "as in a URL",
        quote(secret, safe=""): "as in a URL",
        quote_plus(secret): "as in a form",
        html.escape(secret): "as in HTML",
        json.dumps(secret)[1:-1]: "as in JSON",
        repr(secret)[1:-1]: "as in Python",
        secret: "as it is",
    }


def _in_base64(raw: bytes) -> Iterator[str]:
    for before in range(3):
        whole = base64.b64encode(b"\0" * before + raw).decode().rstrip("=")
        first = (0, 2, 3)[before]
        last = len(whole) if (before + len(raw)) % 3 == 0 else -1
        yield whole[first:last]
        yield whole[first:last].replace("+", "-").replace("/", "_")


def found_in(text: str) -> set[str]:
    """Return which kinds of secrets a text contains, and in which encoding."""
    return {
        f"{kind} {written}"
        for secret, kind in KINDS.items()
        for form, written in forms(secret).items()
        if form in text
    }
