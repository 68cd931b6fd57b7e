"""Calls the site without a socket: a `requests` session whose transport is the WSGI application."""

from io import BytesIO
from typing import Any
from urllib.parse import unquote, urlsplit

import requests
from requests.adapters import BaseAdapter
from requests.structures import CaseInsensitiveDict
from werkzeug.test import EnvironBuilder, run_wsgi_app

from local.atlassian.app import application
from local.atlassian.fault_injection import ConnectionDropped
from local.atlassian.site import Site


class SiteAdapter(BaseAdapter):
    """A transport adapter for `requests` that passes each request to a site's WSGI application."""

    def __init__(self, site: Site) -> None:
        super().__init__()
        self._app = application(site)

    def send(self, request: requests.PreparedRequest, *args: Any, **options: Any) -> requests.Response:
        """Serve one request; a dropped connection raises requests.ConnectionError."""
        body = request.body if request.body is not None else b""
        data = body.encode() if isinstance(body, str) else body if isinstance(body, bytes) else body.read()
        address = urlsplit(str(request.url))
        builder = EnvironBuilder(
            base_url=f"{address.scheme}://{address.netloc}",
            method=request.method or "GET",
            input_stream=BytesIO(data),
        )
        builder.headers.extend(
            {name: value for name, value in request.headers.items() if name.lower() != "content-length"}
        )
        builder.content_length = len(data)
        environ = builder.get_environ()
        path, _, query = request.path_url.partition("?")
        environ["PATH_INFO"], environ["QUERY_STRING"] = unquote(path), query
        try:
            chunks, status, headers = run_wsgi_app(self._app, environ, buffered=True)
        except ConnectionDropped as error:
            raise requests.ConnectionError("the connection was dropped", request=request) from error
        response = requests.Response()
        response.status_code = int(status.split()[0])
        response.reason = status.partition(" ")[2]
        response.headers = CaseInsensitiveDict(headers.items())
        response.raw = BytesIO(b"".join(chunks))
        response.encoding = requests.utils.get_encoding_from_headers(response.headers)
        response.url, response.request = str(request.url), request
        return response

    def close(self) -> None:
        """Do nothing: there is no open connection."""


def in_process(site: Site, account: str = "") -> requests.Session:
    """Return a session that calls the site without a socket; with an account name, it is logged in as that account."""
    session = requests.Session()
    session.trust_env = False
    adapter = SiteAdapter(site)
    session.mount("http://", adapter)
    session.mount("https://", adapter)
    if account:
        person = site.account(account)
        session.auth = (person.email, person.token)
    return session
