"""A simulator of Jira and Confluence Cloud on loopback: their REST APIs, rules and quirks, in memory.

Public surface::

    site = Site(clock=Clock(), search_lag=1.0)     # thread-safe state; base_url is set by serve()
    local.seed.load(site)                          # the demo's project, space, pages and tickets
    running = serve(site, port=0)                  # .url, .stop(); also a context manager
    application(site)                              # the WSGI app itself
    session = in_process(site, "developer")        # a requests.Session that calls the app without a socket

    site.account("reviewer")                       # Account(name, email, token, account_id, authorization, …)
    site.people.revoke("kinexus") / .restore(…)    # an expired token: 401
    site.clock.advance(60) / .freeze()             # the site's time; now() never repeats a millisecond
    site.jira, site.confluence                     # IssueStore, PageStore: state, and the actions of people
    site.webhooks, site.post                       # registrations; deliveries: .options, .log, .given_up, .hold()
    site.drain(timeout) -> bool                    # wait until all webhooks are delivered or failed after all retries
    site.faults.add(Fault("status", status=429, retry_after=1, path="/rest/api/3/issue"))
    site.calls("jira", "kinexus")                  # logged requests: method, path, account, status, milliseconds
    site.jira_search_lag, site.confluence_search_lag = 0, 0

Accounts: kinexus (the pipeline's), developer, reviewer, outsider, admin; basic auth with e-mail and token.
As a process: `python -m local.atlassian --port 0 --seed`, which prints `{"url": …}` when it is ready. Its control
endpoints are under `/_control` (see `control_routes.py`).
"""

from local.atlassian.accounts import DEFAULT_ACCOUNTS, Account
from local.atlassian.app import application
from local.atlassian.clock import Clock
from local.atlassian.fault_injection import ConnectionDropped, Fault
from local.atlassian.in_process import in_process
from local.atlassian.server import Running, serve
from local.atlassian.site import LoggedRequest, Site

__all__ = [
    "DEFAULT_ACCOUNTS",
    "Account",
    "Clock",
    "ConnectionDropped",
    "Fault",
    "LoggedRequest",
    "Running",
    "Site",
    "application",
    "in_process",
    "serve",
]
