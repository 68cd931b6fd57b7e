"""One Atlassian Cloud site in memory: accounts, Jira, Confluence, webhooks, faults and the log of requests."""

import threading
from dataclasses import dataclass
from datetime import datetime, timedelta

from local.atlassian.accounts import DEFAULT_ACCOUNTS, Account, Directory
from local.atlassian.clock import Clock
from local.atlassian.confluence.pages import PageStore
from local.atlassian.fault_injection import Faults
from local.atlassian.jira import jql
from local.atlassian.jira.issue import IssueEvent
from local.atlassian.jira.issues import IssueStore
from local.atlassian.pipeline_watch import PipelineWatch
from local.atlassian.webhooks.delivery import DeliveryQueue
from local.atlassian.webhooks.registrations import WebhookRegistry

CLOUD_ID = "3c1b6b0e-7a52-4f4c-8f3e-0b7f2d9f1a10"


@dataclass(frozen=True)
class LoggedRequest:
    """One entry of the request log; `product` is jira, confluence or empty; `milliseconds` is the duration.

    `user_agent` is the request's header, by which administrators tell clients apart in the audit log.
    """

    at: datetime
    product: str
    method: str
    path: str
    query: str
    account: str
    status: int
    milliseconds: float
    user_agent: str = ""


class Site:
    """The state of a site; every route works on it under `lock`.

    `jira_search_lag` and `confluence_search_lag` are the seconds until a search finds a change.
    `base_url` is the start of `self` links and browse links; `serve` sets it. `pipeline` reads the pipeline that this
    site's webhooks feed, for the board; None when there is none.
    """

    def __init__(
        self,
        *,
        clock: Clock | None = None,
        accounts: tuple[Account, ...] = DEFAULT_ACCOUNTS,
        search_lag: float = 1.0,
        base_url: str = "http://kinexus.atlassian.test",
    ) -> None:
        self.lock = threading.RLock()
        self.clock = clock or Clock()
        self.base_url = base_url
        self.people = Directory(accounts)
        self.jira_search_lag = search_lag
        self.confluence_search_lag = search_lag
        self.pipeline: PipelineWatch | None = None
        self.faults = Faults()
        self.requests: list[LoggedRequest] = []
        self.post = DeliveryQueue(self.clock)
        self.webhooks = WebhookRegistry(self.clock, self.post.send)
        self.jira = IssueStore(self.clock, self._notify)
        self.confluence = PageStore(self.clock)

    def account(self, name: str) -> Account:
        """Return an account by its short name (`reviewer`)."""
        return self.people.named(name)

    def indexed_until(self, lag: float) -> datetime:
        """Return the time up to which a search index with this lag contains all changes."""
        return self.clock.peek() - timedelta(seconds=lag)

    def query_context(self, account: Account) -> jql.QueryContext:
        """Return the context of a JQL query: time, account and linked issues."""

        def linked(key: str) -> frozenset[str]:
            issue = self.jira.get(key)
            ends = {end for link in self.jira.links_of(issue) for end in (link.inward, link.outward)}
            return frozenset(ends - {issue.id})

        return jql.QueryContext(self.clock.peek(), account, linked)

    def _notify(self, event: IssueEvent) -> None:
        self.webhooks.notify(event, self.jira, self.base_url, self.query_context(event.actor))

    def drain(self, timeout: float = 60.0) -> bool:
        """Wait until every webhook is delivered or failed after all retries; return False after `timeout` seconds."""
        return self.post.drain(timeout)

    def calls(self, product: str = "", account: str = "") -> list[LoggedRequest]:
        """Return the logged requests, filtered by product and account when given."""
        with self.lock:
            return [
                each
                for each in self.requests
                if product in ("", each.product) and account in ("", each.account)
            ]

    def close(self) -> None:
        """Stop the webhook delivery threads."""
        self.post.close()
