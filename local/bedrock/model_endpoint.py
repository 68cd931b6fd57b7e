"""Calls a model behind an OpenAI-compatible endpoint, for `--model-url`; its errors become those of Bedrock.

The key, where an endpoint needs one, is read from the environment variable KINEXUS_MODEL_KEY and from nowhere else.
"""

import os
import re
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import requests
from requests.auth import AuthBase

from local.bedrock.chat_completions import chat_request, converse_response, tool_specs
from local.bedrock.nova import BedrockError

KEY_VARIABLE = "KINEXUS_MODEL_KEY"
_CONNECT_SECONDS = 5.0
#: How long a model may take for one answer: small models on a CPU read a long page for minutes.
_ANSWER_SECONDS = 900.0
_TOO_LONG = re.compile(
    r"context.{0,12}(?:window|length|size)|too long|too many (?:input )?tokens|exceed_context", re.IGNORECASE
)
#: Fields that a request can do without, and how an endpoint that refuses one names it.
_OPTIONAL = {
    "tool_choice": re.compile(r"tool.choice", re.IGNORECASE),
    "max_tokens": re.compile(r"max_(?:completion_)?tokens|in the completion", re.IGNORECASE),
    "temperature": re.compile("temperature", re.IGNORECASE),
}
_UNSUPPORTED = re.compile(r"unsupported param|requires --|does not support", re.IGNORECASE)
_LOOPBACK = ("localhost", "127.0.0.1", "::1")


class NoModel(RuntimeError):
    """The endpoint of `--model-url` cannot be used; the message says why, and what to do."""


@dataclass(frozen=True)
class ModelEndpoint:
    """One model of an endpoint. `url` is the base URL, such as http://localhost:11434/v1."""

    url: str
    model: str
    key: str = ""

    def converse(self, model_id: str, request: Mapping[str, Any]) -> dict[str, Any]:
        """Send a Converse request to the endpoint's model, whatever model id it names. Raises BedrockError."""
        began = time.monotonic()
        body = chat_request(self.model, request)
        response = self._post(body)
        if response.status_code == 400 and (refused := _refused_fields(response.text)):
            response = self._post({name: value for name, value in body.items() if name not in refused})
        if response.status_code >= 300:
            raise self._refused(response)
        try:
            answer = response.json()
        except (ValueError, RecursionError) as error:
            raise BedrockError(
                "ModelErrorException", 424, f"The endpoint's answer is not JSON: {response.text[:300]}"
            ) from error
        said = converse_response(answer, tool_specs(request), time.monotonic() - began)
        # As a prompt router tells which model answered: reviews and records then name this model.
        return {**said, "trace": {"promptRouter": {"invokedModelId": self.model}}}

    def _post(self, body: Mapping[str, Any]) -> requests.Response:
        try:
            return _send(
                "POST", f"{self.url}/chat/completions", self.key, (_CONNECT_SECONDS, _ANSWER_SECONDS), body
            )
        except requests.ConnectionError as error:
            raise BedrockError("ServiceUnavailableException", 503, _unreachable(self.url)) from error
        except requests.Timeout as error:
            raise BedrockError(
                "ModelTimeoutException", 408, f"The model {self.model} did not answer in time."
            ) from error

    def _refused(self, response: requests.Response) -> BedrockError:
        """Return the error of Bedrock that an endpoint's error means."""
        status, said = response.status_code, _said(response)
        message = f"{self.model} at {self.url}: HTTP {status}: {said}"
        match status:
            case 401 | 403:
                return BedrockError("AccessDeniedException", 403, f"{message}. {_key_remedy(self.key)}")
            case 408 | 504:
                return BedrockError("ModelTimeoutException", 408, message)
            case 429:
                return BedrockError("ThrottlingException", 429, message)
            case 404:
                return BedrockError("ResourceNotFoundException", 404, message)
            case _ if _TOO_LONG.search(response.text):
                return BedrockError("ValidationException", 400, f"Input is too long for the model: {message}")
            case 500 if not _UNSUPPORTED.search(response.text):
                return BedrockError("InternalServerException", 500, message)
            case _ if status > 500:
                return BedrockError("ServiceUnavailableException", 503, message)
        return BedrockError("ValidationException", 400, message)


def open_endpoint(url: str, model: str = "") -> ModelEndpoint:
    """Return a model of an endpoint, after checking that both exist.

    Without a name, the only model of the endpoint is used. Raises NoModel.
    """
    url = url.rstrip("/").removesuffix("/chat/completions")
    if urlsplit(url).scheme not in ("http", "https") or not urlsplit(url).hostname:
        raise NoModel(f"--model-url {url}: write it as http://HOST:PORT/v1")
    key = os.environ.get(KEY_VARIABLE, "")
    return ModelEndpoint(url, _chosen(url, model, _models(url, key)), key)


def _refused_fields(said: str) -> list[str]:
    return [name for name, pattern in _OPTIONAL.items() if pattern.search(said)]


def _models(url: str, key: str) -> list[str] | None:
    """Return the names of the endpoint's models, or None if it does not tell. Raises NoModel."""
    try:
        response = _send("GET", f"{url}/models", key, (_CONNECT_SECONDS, 30.0))
    except requests.RequestException as error:
        raise NoModel(_unreachable(url)) from error
    if response.status_code in (401, 403):
        raise NoModel(f"{url} answered {response.status_code}: {_said(response)}. {_key_remedy(key)}")
    if response.status_code == 404 and not urlsplit(url).path:
        raise NoModel(f"{url} has no list of models. The URL usually ends in /v1: --model-url {url}/v1")
    try:
        return [str(each["id"]) for each in response.json()["data"]] if response.ok else None
    except (
        ValueError,
        KeyError,
        TypeError,
    ):
        return None


def _chosen(url: str, model: str, known: list[str] | None) -> str:
    """Return the model's name as the endpoint knows it. Raises NoModel if it has none of this name."""
    if known is None or model in known:
        if not model:
            raise NoModel(f"{url} does not tell its models: name one with --model ID")
        return model
    if not model and len(known) == 1:
        return known[0]
    if model and f"{model}:latest" in known:  # as Ollama reads a name without a tag
        return f"{model}:latest"
    names = ", ".join(known) or "none"
    if not model:
        raise NoModel(f"{url} has several models: choose one with --model ID. It has: {names}")
    raise NoModel(
        f"{url} has no model {model}. It has: {names}. With Ollama, download it with: ollama pull {model}"
    )


def _send(
    method: str, url: str, key: str, timeout: tuple[float, float], body: Mapping[str, Any] | None = None
) -> requests.Response:
    """Send one request: no redirects, which would take the key elsewhere, and no proxy for this machine."""
    with requests.Session() as session:
        session.trust_env = urlsplit(url).hostname not in _LOOPBACK
        return session.request(
            method, url, json=body, auth=_Bearer(key), timeout=timeout, allow_redirects=False
        )


class _Bearer(AuthBase):
    """Sends the key, if there is one, and never what a .netrc file holds for the host."""

    def __init__(self, key: str) -> None:
        self._key = key

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        """Set the header of a request."""
        if self._key:
            request.headers["Authorization"] = f"Bearer {self._key}"
        return request


def _said(response: requests.Response) -> str:
    """Return the message of an error, which has several shapes: {error: {message}}, {error}, {message}, text."""
    try:
        body = response.json()
    except (ValueError, RecursionError):
        body = response.text
    for name in ("error", "message", "detail"):
        if isinstance(body, Mapping) and body.get(name):
            body = body[name]
    return str(body)[:500].strip().rstrip(".") or response.reason


def _unreachable(url: str) -> str:
    return (
        f"The model endpoint {url} cannot be reached. Check that it runs and that the URL is right "
        "(Ollama: http://localhost:11434/v1, llama.cpp: http://localhost:8080/v1, vLLM: http://localhost:8000/v1)."
    )


def _key_remedy(key: str) -> str:
    if key:
        return f"It refuses the key in the environment variable {KEY_VARIABLE}."
    return f"It needs a key: set the environment variable {KEY_VARIABLE}."
