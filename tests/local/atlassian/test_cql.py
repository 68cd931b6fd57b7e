"""CQL works as in Confluence: terms, phrases, wildcards, operators, escaping, order, scores, lag."""

import pytest

from local.atlassian import Site
from local.atlassian.confluence import search_index
from local.seed import Seed
from tests.local.atlassian.conftest import Person

SEARCH = "/wiki/rest/api/search"


def titles(person: Person, cql: str, **more: object) -> list[str]:
    found = person("GET", SEARCH, 200, params={"cql": cql, "limit": 100, **more})
    return [result["content"]["title"] for result in found["results"]]


@pytest.mark.parametrize(
    ("cql", "expected"),
    [
        ('title = "Refunds"', {"Refunds"}),
        ('title = "\\"Rate limits\\""', {"Rate limits"}),
        ('title ~ "payout"', {"Payouts", "Payout failures"}),
        ('title ~ "failures payouts"', {"Payout failures"}),
        ('title ~ "pay* fail*"', {"Payout failures"}),
        ('title ~ "refnuds~"', {"Refunds"}),
        ('text ~ "rotating the secret"', {"Webhooks for merchants", "Release notes 2026"}),
        ('text ~ "\\"growing pauses\\""', {"Webhooks for merchants"}),
        ('text ~ "\\"pauses growing\\""', set()),
        ('text ~ "TIDEWATER-SIGNATURE"', {"Webhooks for merchants"}),
        ('text ~ "bankgirot OR sftp"', {"Payouts", "Exports and reports", "Release notes 2026"}),
        ('text ~ "bankgirot -october"', {"Payouts"}),
        ('text ~ "bankgirot NOT october"', {"Payouts"}),
        ('text ~ "(bankgirot OR sftp) statement"', {"Payouts", "Exports and reports"}),
        ('text ~ "endpoint:secret"', set()),
        ('siteSearch ~ "chargeback"', {"Disputes and chargebacks", "Glossary"}),
        ("label = runbook AND type = page", {"Payout failures"}),
        ("label in (runbook, service)", {"Payout failures", "Ledger service", "Event bus and outbox"}),
        ('space = SD and title ~ "webhooks" and not label = webhooks', set()),
        ('title ~ "refunds" and space = OTHER', set()),
        ('title ~ "refunds" and space != OTHER', {"Refunds"}),
        ('title ~ "retired"', set()),
        (
            'space in ("SD", "X") AND (title ~ "glossary" OR title ~ "incident")',
            {"Glossary", "Incident response"},
        ),
        ('title ~ "glossary" and type = blogpost', set()),
        ('title ~ "glossary" and lastmodified > now("-1d")', set()),
        ('title ~ "glossary" and lastmodified < "2036-01-01"', {"Glossary"}),
    ],
)
def test_a_query_finds(kinexus: Person, seed: Seed, cql: str, expected: set[str]) -> None:
    assert set(titles(kinexus, cql)) == expected


def test_a_query_by_place_in_the_tree(kinexus: Person, seed: Seed) -> None:
    below = set(titles(kinexus, f"ancestor = {seed.pages['operations']}"))
    assert below == {
        "On-call handbook",
        "Incident response",
        "Deployments and feature flags",
        "Monitoring and alerts",
        "Payout failures",
    }
    assert set(titles(kinexus, f"parent = {seed.pages['dashboard']}")) == {
        "Exports and reports",
        "Roles and permissions",
    }
    assert titles(kinexus, f"id in ({seed.pages['glossary']})") == ["Glossary"]


@pytest.mark.parametrize(
    "cql",
    [
        "",
        "title ~",
        'title ~ "x',
        'NOT title ~ "x"',
        'title !~ "x"',
        "space != SD",
        'nosuch = "x"',
        'text = "x"',
        'space ~ "SD"',
        'title ~ "*fund"',
        'title ~ "a AND"',
        'title ~ "(a"',
        'title ~ "[a"',
        'title ~ "a/b"',
        'title ~ ""',
        'title ~ "x" title ~ "y"',
        'title ~ "x" ORDER BY colour',
        "created > someday",
        'title ~ "\\"x"',
        "title > x",
    ],
)
def test_an_invalid_query_is_refused(kinexus: Person, cql: str) -> None:
    refused = kinexus("GET", SEARCH, 400, params={"cql": cql})
    assert refused["statusCode"] == 400


def test_unescaped_text_widens_the_result(kinexus: Person, seed: Seed) -> None:
    """As on a live site."""
    hostile = 'x" OR type = page OR title ~ "y'
    assert len(titles(kinexus, f'title ~ "{hostile}"')) == len(titles(kinexus, "type = page"))
    escaped = hostile.replace('"', '\\"')
    assert kinexus("GET", SEARCH, params={"cql": f'title ~ "{escaped}"'}).json().get("totalSize", 0) == 0


def test_rare_words_and_titles_come_first(kinexus: Person, seed: Seed) -> None:
    found = kinexus("GET", SEARCH, 200, params={"cql": 'text ~ "webhooks" OR title ~ "webhooks"'})["results"]
    assert found[0]["content"]["title"] == "Webhooks for merchants"
    assert [result["score"] for result in found] == sorted(
        (result["score"] for result in found), reverse=True
    )
    assert len(found) > 2


def test_results_can_be_ordered_and_paged(kinexus: Person, seed: Seed) -> None:
    assert titles(kinexus, "label = ops ORDER BY title DESC")[:2] == ["Payout failures", "Operations"]
    first = kinexus("GET", SEARCH, 200, params={"cql": "label = ops order by title", "limit": 4})
    second = kinexus("GET", "/wiki" + first["_links"]["next"], 200)
    assert (first["size"], second["size"], first["totalSize"]) == (4, 2, 6)
    assert "next" not in second["_links"]


def test_results_carry_what_a_client_needs(kinexus: Person, seed: Seed) -> None:
    (result,) = kinexus(
        "GET", SEARCH, 200, params={"cql": 'text ~ "rotating" and label = api', "expand": "content.space"}
    )["results"]
    assert "@@@hl@@@Rotating@@@endhl@@@" in result["excerpt"]
    assert result["resultGlobalContainer"]["displayUrl"] == "/spaces/SD"
    assert result["content"]["space"]["key"] == "SD"
    plain = kinexus(
        "GET", SEARCH, 200, params={"cql": 'text ~ "rotating" and label = api', "excerpt": "indexed"}
    )["results"][0]
    assert "@@@" not in plain["excerpt"]


def test_the_index_lags(site: Site, seed: Seed, kinexus: Person) -> None:
    site.clock.freeze()
    site.confluence_search_lag = 5
    page = kinexus(
        "POST",
        "/wiki/api/v2/pages",
        200,
        json={
            "spaceId": seed.space_id,
            "status": "current",
            "title": "Instalments",
            "body": {"representation": "storage", "value": "<p>ratenkauf</p>"},
        },
    )
    assert titles(kinexus, 'text ~ "ratenkauf"') == []
    site.clock.advance(6)
    assert titles(kinexus, 'text ~ "ratenkauf"') == ["Instalments"]
    kinexus(
        "PUT",
        f"/wiki/api/v2/pages/{page['id']}",
        200,
        json={
            "id": page["id"],
            "status": "current",
            "title": "Instalments",
            "version": {"number": 2},
            "body": {"representation": "storage", "value": "<p>other</p>"},
        },
    )
    assert titles(kinexus, 'text ~ "ratenkauf"') == ["Instalments"]
    site.clock.advance(6)
    assert titles(kinexus, 'text ~ "ratenkauf"') == []
    kinexus("DELETE", f"/wiki/api/v2/pages/{page['id']}", 204)
    assert titles(kinexus, 'text ~ "other" and title ~ "instalments"') == []


def test_a_thousand_pages_are_indexed_once(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    admin = site.account("admin")
    space = site.confluence.add_space("BIG", "Big", admin)
    for number in range(1000):
        words = " ".join(f"word{number * step % 997}" for step in range(1, 60))
        site.confluence.create(admin, space.id, f"Page {number}", f"<p>{words} common</p>", None)
    person = Person(site, "kinexus")
    titles(person, 'text ~ "common"')
    read: list[str] = []

    def terms_of(text: str) -> list[str]:
        read.append(text)
        return []

    monkeypatch.setattr(search_index, "terms_of", terms_of)
    found = titles(
        person, 'space = BIG AND (text ~ "common" OR text ~ "word7" OR title ~ "page" OR text ~ "word99")'
    )
    assert len(found) == 100
    assert read == []
