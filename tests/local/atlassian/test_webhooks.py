"""Webhooks are registered, filtered, signed, sent, retried and dropped as in Jira; bodies look like Jira's."""

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from local.atlassian import Site
from local.atlassian.webhooks.registrations import signature
from local.seed import Seed
from tests.local.atlassian.conftest import Person, words
from tests.secrets_in_use import EXAMPLE_SECRET, HOOK_SECRET

HOOKS = "/rest/webhooks/1.0/webhook"


class Receiver:
    """A server that records requests and answers with the given statuses, then with 200."""

    def __init__(self) -> None:
        self.received: list[tuple[dict[str, str], bytes]] = []
        self.statuses: list[int] = []
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                receiver.received.append((dict(self.headers), body))
                self.send_response(receiver.statuses.pop(0) if receiver.statuses else 200)
                self.end_headers()

            def log_message(self, *_: Any) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}/hook"
        threading.Thread(
            target=self.server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True
        ).start()

    def bodies(self) -> list[dict[str, Any]]:
        return [json.loads(body) for _, body in self.received]


@pytest.fixture
def receiver(site: Site) -> Iterator[Receiver]:
    site.post.options.retry_delay = 0.01
    receiver = Receiver()
    yield receiver
    receiver.server.shutdown()
    receiver.server.server_close()


def register(admin: Person, receiver: Receiver, **more: Any) -> dict[str, Any]:
    registered: dict[str, Any] = admin(
        "POST",
        HOOKS,
        201,
        json={"name": "test", "url": receiver.url, "events": ["jira:issue_updated"], **more},
    )
    return registered


def close(person: Person, key: str) -> None:
    person("POST", f"/rest/api/3/issue/{key}/transitions", 204, json={"transition": {"id": "41"}})


def test_the_signature_is_websubs() -> None:
    assert (
        signature(EXAMPLE_SECRET, b"Hello World!")
        == "sha256=a4771c39fbe90f317c7824e83ddef3caae9cb3d976c214ace1f2937e133263c9"
    )


def test_only_administrators_register_and_the_secret_is_never_shown(
    admin: Person, developer: Person, receiver: Receiver
) -> None:
    body = {"name": "test", "url": receiver.url, "events": ["jira:issue_updated"]}
    developer("POST", HOOKS, 403, json=body)
    made = register(admin, receiver, secret=HOOK_SECRET)
    assert made["isSigned"] is True
    listed = admin("GET", HOOKS, 200)
    assert HOOK_SECRET not in json.dumps([made, listed])
    path = HOOKS + "/" + made["self"].rpartition("/")[2]
    assert admin("PUT", path, 200, json={**body, "name": "other", "enabled": False})["isSigned"] is True
    admin("DELETE", path, 204)
    admin("GET", path, 404)
    admin("POST", HOOKS, 400, json={**body, "filters": {"issue-related-events-section": "labels ="}})
    admin("POST", HOOKS, 400, json={**body, "events": ["jira:made_up"]})


def test_a_closed_ticket_sends_the_body_that_jira_sends(
    site: Site, seed: Seed, admin: Person, developer: Person, receiver: Receiver
) -> None:
    register(admin, receiver, secret=HOOK_SECRET)
    close(developer, seed.tickets["update"])
    assert site.drain()
    ((headers, raw),) = receiver.received
    body = json.loads(raw)
    assert headers["X-Hub-Signature"] == signature(HOOK_SECRET, raw)
    assert headers["User-Agent"] == "Atlassian Webhook HTTP Client"
    assert headers["X-Atlassian-Webhook-Flow"] == "Primary"
    assert headers["X-Atlassian-Webhook-Identifier"]
    assert "X-Atlassian-Webhook-Retry" not in headers
    assert list(body) == ["timestamp", "webhookEvent", "issue_event_type_name", "user", "issue", "changelog"]
    assert "emailAddress" not in json.dumps(body)
    assert body["user"]["displayName"] == "Dana Developer"
    fields = body["issue"]["fields"]
    assert isinstance(fields["description"], str)
    assert "* pauses grow from ten seconds" in fields["description"]
    assert "comment" not in fields
    assert fields["status"]["statusCategory"]["key"] == "done"
    assert [(item["fieldId"], item["to"]) for item in body["changelog"]["items"]] == [
        ("resolution", "10000"),
        ("status", "10002"),
    ]
    history = developer("GET", f"/rest/api/3/issue/{seed.tickets['update']}/changelog", 200)["values"]
    assert history[-1]["id"] == body["changelog"]["id"]


def test_the_filter_sees_the_issue_after_the_change(
    site: Site, seed: Seed, admin: Person, developer: Person, receiver: Receiver
) -> None:
    register(
        admin, receiver, filters={"issue-related-events-section": "labels = needs-docs AND status = Done"}
    )
    for role in ("ignored", "update"):
        close(developer, seed.tickets[role])
    developer(
        "PUT",
        f"/rest/api/3/issue/{seed.tickets['update']}",
        204,
        json={"update": {"labels": [{"remove": "needs-docs"}]}},
    )
    assert site.drain()
    assert [body["issue"]["key"] for body in receiver.bodies()] == [seed.tickets["update"]]


def test_a_comment_event_has_a_trimmed_issue(
    site: Site, seed: Seed, admin: Person, developer: Person, receiver: Receiver
) -> None:
    register(admin, receiver, events=["comment_created", "comment_updated", "jira:issue_updated"])
    path = f"/rest/api/3/issue/{seed.tickets['update']}/comment"
    made = developer("POST", path, 201, json={"body": words("Looks good")})
    developer("PUT", f"{path}/{made['id']}", 200, json={"body": words("Looks better")})
    assert site.drain()
    bodies = sorted(receiver.bodies(), key=lambda body: body["webhookEvent"])
    assert [(body["webhookEvent"], body["comment"]["body"]) for body in bodies] == [
        ("comment_created", "Looks good"),
        ("comment_updated", "Looks better"),
    ]
    assert "description" not in bodies[0]["issue"]["fields"]
    assert {"user", "changelog"} & set(bodies[0]) == set()


def test_creation_carries_a_changelog_with_a_capital_status(
    site: Site, seed: Seed, admin: Person, developer: Person, receiver: Receiver
) -> None:
    register(admin, receiver, events=["jira:issue_created"])
    developer(
        "POST",
        "/rest/api/3/issue",
        201,
        json={"fields": {"project": {"key": "PAY2"}, "issuetype": {"name": "Bug"}, "summary": "s"}},
    )
    assert site.drain()
    (item,) = receiver.bodies()[0]["changelog"]["items"]
    assert (item["field"], item["fieldId"], item["from"], item["toString"]) == (
        "Status",
        "status",
        None,
        "To Do",
    )


@pytest.mark.parametrize("status", [408, 409, 425, 429, 500, 503])
def test_a_failure_is_retried_with_the_same_identifier(
    site: Site, seed: Seed, admin: Person, developer: Person, receiver: Receiver, status: int
) -> None:
    register(admin, receiver)
    receiver.statuses = [status, status]
    close(developer, seed.tickets["update"])
    assert site.drain()
    headers = [each for each, _ in receiver.received]
    assert len({each["X-Atlassian-Webhook-Identifier"] for each in headers}) == 1
    assert [each.get("X-Atlassian-Webhook-Retry") for each in headers] == [None, "1", "2"]
    assert len({body for _, body in receiver.received}) == 1


@pytest.mark.parametrize("status", [400, 401, 403, 404, 413])
def test_a_refusal_is_not_retried(
    site: Site, seed: Seed, admin: Person, developer: Person, receiver: Receiver, status: int
) -> None:
    register(admin, receiver)
    receiver.statuses = [status]
    close(developer, seed.tickets["update"])
    assert site.drain()
    assert [attempt.status for attempt in site.post.log] == [status]


def test_after_five_retries_a_delivery_fails(
    site: Site, seed: Seed, admin: Person, developer: Person, receiver: Receiver
) -> None:
    register(admin, receiver)
    receiver.statuses = [500] * 9
    close(developer, seed.tickets["update"])
    assert site.drain()
    assert len(receiver.received) == 6
    assert len(site.post.given_up) == 1


def test_an_unreachable_receiver_is_retried(site: Site, seed: Seed, admin: Person, developer: Person) -> None:
    site.post.options.retry_delay = 0.01
    admin(
        "POST",
        HOOKS,
        201,
        json={"name": "n", "url": "http://127.0.0.1:9/x", "events": ["jira:issue_updated"]},
    )
    close(developer, seed.tickets["update"])
    assert site.drain()
    assert [attempt.status for attempt in site.post.log] == [None] * 6


def test_deliveries_can_be_doubled_and_held_back(
    site: Site, seed: Seed, admin: Person, developer: Person, receiver: Receiver
) -> None:
    register(admin, receiver)
    site.post.options.duplicates = 1.0
    site.post.hold()
    close(developer, seed.tickets["update"])
    assert len(site.post.pending()) == 2
    assert receiver.received == []
    site.post.release()
    assert site.drain()
    assert len({headers["X-Atlassian-Webhook-Identifier"] for headers, _ in receiver.received}) == 1
    assert len(receiver.received) == 2


def test_a_late_delivery_is_overtaken_by_a_later_one(
    site: Site, seed: Seed, admin: Person, developer: Person, receiver: Receiver
) -> None:
    register(admin, receiver)
    site.post.hold()  # the order is read from the queue, so the speed of the machine does not matter
    site.post.options.late, site.post.options.late_by = 1.0, 60.0
    close(developer, seed.tickets["update"])
    site.post.options.late = 0.0
    close(developer, seed.tickets["create"])
    keys = [json.loads(delivery.body)["issue"]["key"] for delivery in site.post.pending()]
    assert keys == [seed.tickets["create"], seed.tickets["update"]]
    assert (site.post.total, site.post.duplicated, site.post.delayed) == (2, 0, 1)


def test_a_restarted_site_delivers_again(
    site: Site, seed: Seed, admin: Person, developer: Person, receiver: Receiver
) -> None:
    register(admin, receiver)
    site.post.hold()
    close(developer, seed.tickets["update"])
    site.close()
    assert site.post.pending() == []
    site.post.release()
    close(developer, seed.tickets["ignored"])
    assert site.drain()
    assert [body["issue"]["key"] for body in receiver.bodies()] == [seed.tickets["ignored"]]
