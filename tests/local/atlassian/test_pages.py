"""Pages behave as in Confluence: versions, titles, tree, trash, restrictions, limits, and what saving rewrites."""

import re
from typing import Any

import pytest

from local.atlassian import Site
from local.atlassian.confluence.storage_check import InvalidStorage, as_saved, check_storage, text_of
from local.seed import Seed
from tests.local.atlassian.conftest import Person

PAGES = "/wiki/api/v2/pages"


def new(
    person: Person, seed: Seed, title: str, value: str = "<p>a</p>", expect: int = 200, **more: object
) -> dict[str, Any]:
    answer: dict[str, Any] = person(
        "POST",
        PAGES,
        expect,
        json={
            "spaceId": seed.space_id,
            "status": "current",
            "title": title,
            "body": {"representation": "storage", "value": value},
            **more,
        },
    )
    return answer


def change(person: Person, page_id: str, number: int, expect: int = 200, **more: object) -> dict[str, Any]:
    body = {
        "id": page_id,
        "status": "current",
        "title": "T",
        "version": {"number": number, "message": "why"},
        "body": {"representation": "storage", "value": "<p>b</p>"},
        **more,
    }
    answer: dict[str, Any] = person(
        "PUT",
        f"{PAGES}/{page_id}",
        expect,
        json={key: value for key, value in body.items() if value is not None},
    )
    return answer


def title_of(refused: dict[str, Any]) -> str:
    title: str = refused["errors"][0]["title"]
    return title


def test_a_page_without_a_parent_hangs_under_the_homepage(seed: Seed, kinexus: Person) -> None:
    assert new(kinexus, seed, "T")["parentId"] == seed.pages["home"]


def test_the_body_is_returned_only_on_request(seed: Seed, kinexus: Person) -> None:
    page = new(kinexus, seed, "T")
    assert kinexus("GET", f"{PAGES}/{page['id']}", 200)["body"] == {}
    shown = kinexus("GET", f"{PAGES}/{page['id']}?body-format=storage", 200)
    assert shown["body"]["storage"]["value"] == "<p>a</p>"


def test_a_stale_version_is_a_conflict(seed: Seed, kinexus: Person) -> None:
    page = new(kinexus, seed, "T")
    assert change(kinexus, page["id"], 2)["version"] | {"createdAt": ""} == {
        "number": 2,
        "message": "why",
        "minorEdit": False,
        "authorId": page["authorId"],
        "createdAt": "",
    }
    for number in (1, 2, 4):
        refused = change(kinexus, page["id"], number, 409)
        assert title_of(refused) == "Version must be incremented on update. Current version is: 2"


@pytest.mark.parametrize("missing", ["id", "status", "title", "body", "version"])
def test_an_update_needs_every_field(seed: Seed, kinexus: Person, missing: str) -> None:
    page = new(kinexus, seed, "T")
    refused = change(kinexus, page["id"], 2, 400, **{missing: None})
    assert missing in title_of(refused)


def test_current_and_archived_pages_reserve_their_title_trashed_ones_not(seed: Seed, kinexus: Person) -> None:
    for title in ("Refunds", "refunds", "Refunds (API v1)"):
        assert "already exists with the same TITLE" in title_of(new(kinexus, seed, title, expect=400))
    page = new(kinexus, seed, "T")
    refused = change(kinexus, page["id"], 2, 400, title="Refunds")
    assert "already exists" in title_of(refused)
    kinexus("DELETE", f"{PAGES}/{page['id']}", 204)
    assert new(kinexus, seed, "T")["id"] != page["id"]


def test_a_trashed_page_says_so_and_can_be_purged(seed: Seed, kinexus: Person) -> None:
    page = new(kinexus, seed, "T")
    kinexus("DELETE", f"{PAGES}/{page['id']}?purge=true", 400)
    kinexus("DELETE", f"{PAGES}/{page['id']}", 204)
    assert kinexus("GET", f"{PAGES}/{page['id']}", 200)["status"] == "trashed"
    assert kinexus("GET", f"{PAGES}?space-id={seed.space_id}&title=T", 200)["results"] == []
    kinexus("DELETE", f"{PAGES}/{page['id']}?purge=true", 204)
    kinexus("GET", f"{PAGES}/{page['id']}", 404)


def test_an_archived_page_is_listed_but_not_edited(seed: Seed, kinexus: Person) -> None:
    archived = seed.pages["refunds-v1"]
    listed = kinexus("GET", f"{PAGES}?space-id={seed.space_id}&title=Refunds (API v1)", 200)["results"]
    assert [page["status"] for page in listed] == ["archived"]
    change(kinexus, archived, 2, 400)
    kinexus(
        "POST", "/wiki/rest/api/content/archive", 202, json={"pages": [{"id": int(seed.pages["glossary"])}]}
    )
    assert kinexus("GET", f"{PAGES}/{seed.pages['glossary']}", 200)["status"] == "archived"


def test_old_versions_can_be_read(seed: Seed, kinexus: Person) -> None:
    page = new(kinexus, seed, "T")
    change(kinexus, page["id"], 2, title="U")
    first = kinexus("GET", f"{PAGES}/{page['id']}?version=1&body-format=storage", 200)
    assert (first["title"], first["status"], first["body"]["storage"]["value"]) == (
        "T",
        "historical",
        "<p>a</p>",
    )
    listed = kinexus("GET", f"{PAGES}/{page['id']}/versions", 200)["results"]
    assert [(version["number"], version["message"]) for version in listed] == [(2, "why"), (1, "")]
    kinexus("GET", f"{PAGES}/{page['id']}?version=3", 404)


def test_an_update_moves_a_page_only_within_its_space(seed: Seed, kinexus: Person) -> None:
    """And never below itself."""
    page = new(kinexus, seed, "T", parentId=seed.pages["api-guide"])
    change(kinexus, page["id"], 2, parentId=seed.pages["operations"])
    above = kinexus("GET", f"{PAGES}/{page['id']}/ancestors", 200)["results"]
    assert [each["id"] for each in above] == [seed.pages["home"], seed.pages["operations"]]
    change(kinexus, page["id"], 3, 400, parentId=page["id"])


def test_restricted_pages_look_missing_to_others(seed: Seed, kinexus: Person, admin: Person) -> None:
    path = f"{PAGES}/{seed.pages['security-findings']}"
    kinexus("GET", path, 404)
    admin("GET", path, 200)
    assert kinexus("GET", PAGES, 200, params={"title": "Security findings 2026"})["results"] == []
    found = kinexus("GET", "/wiki/rest/api/search", 200, params={"cql": 'title ~ "findings"'})
    assert found["totalSize"] == 0
    readers = admin(
        "GET", f"/wiki/rest/api/content/{seed.pages['security-findings']}/restriction/byOperation/read", 200
    )
    assert [user["displayName"] for user in readers["restrictions"]["user"]["results"]] == ["Alex Admin"]


def test_a_restriction_holds_for_the_pages_below(
    site: Site, seed: Seed, kinexus: Person, admin: Person
) -> None:
    reviewer = site.account("reviewer").account_id
    path = f"/wiki/rest/api/content/{seed.pages['dashboard']}/restriction/byOperation/read/user?accountId={reviewer}"
    admin("PUT", path, 200)
    kinexus("GET", f"{PAGES}/{seed.pages['roles']}", 404)
    found = kinexus(
        "GET", "/wiki/rest/api/search", 200, params={"cql": 'title ~ "roles" or title ~ "dashboard"'}
    )
    assert found["totalSize"] == 0
    below = admin("GET", f"/wiki/rest/api/content/{seed.pages['roles']}/restriction/byOperation/read", 200)
    assert below["restrictions"]["user"]["size"] == 0
    admin("DELETE", path, 200)
    kinexus("GET", f"{PAGES}/{seed.pages['roles']}", 200)


def test_without_edit_rights_a_page_is_read_only(
    seed: Seed, kinexus: Person, admin: Person, site: Site
) -> None:
    page = new(kinexus, seed, "T")
    path = f"/wiki/rest/api/content/{page['id']}/restriction/byOperation/update"
    admin("PUT", f"{path}/user?accountId={site.account('reviewer').account_id}", 200)
    assert len(kinexus("GET", path, 200)["restrictions"]["user"]["results"]) == 1
    kinexus("GET", f"{PAGES}/{page['id']}", 200)
    change(kinexus, page["id"], 2, 403)
    kinexus("DELETE", f"{PAGES}/{page['id']}", 403)
    admin("DELETE", f"{path}/user?accountId={site.account('reviewer').account_id}", 200)
    change(kinexus, page["id"], 2)


def test_a_page_moves_to_another_space_with_its_children(site: Site, seed: Seed, kinexus: Person) -> None:
    other = site.confluence.add_space("OPS", "Operations space", site.account("admin"))
    kinexus("PUT", f"/wiki/rest/api/content/{seed.pages['dashboard']}/move/append/{other.homepage_id}", 200)
    moved = kinexus("GET", f"{PAGES}?space-id={other.id}", 200)["results"]
    assert {page["title"] for page in moved} == {
        "Operations space",
        "Merchant dashboard",
        "Exports and reports",
        "Roles and permissions",
    }
    new(kinexus, seed, "Merchant dashboard")
    refused = kinexus(
        "PUT", f"/wiki/rest/api/content/{seed.pages['glossary']}/move/append/{seed.pages['glossary']}", 400
    )
    assert "below itself" in refused["message"]


def test_lists_follow_cursors(seed: Seed, kinexus: Person) -> None:
    seen, path = [], f"{PAGES}?space-id={seed.space_id}&limit=10&status=current"
    while path:
        response = kinexus("GET", path)
        seen += [page["title"] for page in response.json()["results"]]
        path = response.json()["_links"].get("next")
        assert ('rel="next"' in response.headers.get("Link", "")) == bool(path)
    assert len(seen) == len(set(seen)) == 25
    kinexus("GET", f"{PAGES}?limit=251", 400)


@pytest.mark.parametrize(
    "value",
    [
        "<p>open",
        "</p>",
        "<p>a</p></page><page>",
        "<p a=1>x</p>",
        "<p>&nosuch;</p>",
        "<p>a & b</p>",
        "<x:p>a</x:p>",
        "<p b='1' b='2'/>",
        "<!DOCTYPE x><p/>",
        "<p>\x01</p>",
        "<![CDATA[open",
        "<p x:y='1'/>",
    ],
)
def test_malformed_storage_is_refused(seed: Seed, kinexus: Person, value: str) -> None:
    assert title_of(new(kinexus, seed, "T", value, 400)).startswith("Error parsing xhtml")


@pytest.mark.parametrize(
    "value",
    [
        "",
        "plain text",
        "<p>&nbsp;&rarr;&#8364;&amp;</p>",
        "<p/>text<br/>",
        "<ac:link><ri:page ri:content-title='x'/></ac:link>",
        "<p><![CDATA[a]]]]><![CDATA[>b]]></p>",
        "<!-- note --><p>é 😀</p>",
    ],
)
def test_well_formed_storage_is_stored_unchanged(value: str) -> None:
    check_storage(value)


def test_a_body_over_five_megabytes_is_too_large(seed: Seed, kinexus: Person) -> None:
    new(kinexus, seed, "T", f"<p>{'x' * (5 * 1024 * 1024)}</p>", 413)


def test_deep_nesting_is_refused() -> None:
    with pytest.raises(InvalidStorage):
        check_storage("<div>" * 2000 + "</div>" * 2000)


def test_saving_rewrites_ids_and_names_and_nothing_else() -> None:
    before = (
        '<p local-id="a">x <b class="k">bold</b> <i>it</i></p>'
        '<ac:structured-macro ac:name="code" ac:macro-id="m" ac:schema-version="1">'
        '<ac:parameter ac:name="title">t</ac:parameter><ac:parameter ac:name="language">py</ac:parameter>'
        '<ac:plain-text-body><![CDATA[<b ac:macro-id="kept">]]></ac:plain-text-body></ac:structured-macro>'
        '<ac:inline-comment-marker ac:ref="r">z</ac:inline-comment-marker>'
        '<ri:page ri:content-title="P" /><!-- <b>kept</b> --><td title="a>b">&nbsp;</td>'
    )
    after = as_saved(before, "1", 2)
    ids = re.findall(r'(?:local-id|macro-id)="([0-9a-f-]{36})"', after)
    assert len(set(ids)) == 2
    for fresh in ids:
        after = after.replace(fresh, "ID")
    assert after == (
        '<p local-id="ID">x <strong class="k">bold</strong> <em>it</em></p>'
        '<ac:structured-macro ac:name="code" ac:macro-id="ID" ac:schema-version="1">'
        '<ac:parameter ac:name="language">py</ac:parameter><ac:parameter ac:name="title">t</ac:parameter>'
        '<ac:plain-text-body><![CDATA[<b ac:macro-id="kept">]]></ac:plain-text-body></ac:structured-macro>'
        '<ac:inline-comment-marker ac:ref="r">z</ac:inline-comment-marker>'
        '<ri:page ri:content-title="P" ri:version-at-save="2" /><!-- <b>kept</b> --><td title="a>b">&nbsp;</td>'
    )


def test_the_new_editor_adds_an_id_to_every_block() -> None:
    before = (
        '<h2>H</h2><p style="a" class="b">x&nbsp;<b>y</b><br/></p><ul><li local-id="1"><p>i</p></li></ul>'
        "<table><tbody><tr><td>c</td></tr></tbody></table>"
        '<ac:structured-macro ac:name="code"><ac:plain-text-body><![CDATA[<p>&nbsp;</p>]]></ac:plain-text-body>'
        "</ac:structured-macro>"
    )
    after = re.sub(r'="[0-9a-f-]{36}"', '="ID"', as_saved(before, "1", 2, in_editor=True))
    assert after == (
        '<h2 local-id="ID">H</h2><p class="b" local-id="ID" style="a">x\u00a0<strong>y</strong><br /></p>'
        '<ul local-id="ID"><li local-id="ID"><p local-id="ID">i</p></li></ul><table local-id="ID">'
        '<tbody local-id="ID"><tr local-id="ID"><td local-id="ID">c</td></tr></tbody></table>'
        '<ac:structured-macro ac:local-id="ID" ac:macro-id="ID" ac:name="code"><ac:plain-text-body>'
        "<![CDATA[<p>&nbsp;</p>]]></ac:plain-text-body></ac:structured-macro>"
    )


def test_only_a_persons_save_adds_ids(seed: Seed, kinexus: Person, developer: Person) -> None:
    page = new(kinexus, seed, "Stamped", "<p>a</p>")
    for person, number, is_stamped in ((kinexus, 2, False), (developer, 3, True)):
        body = {"representation": "storage", "value": f"<p>v{number}</p>"}
        given = {"id": page["id"], "status": "current", "title": "Stamped", "version": {"number": number}}
        person("PUT", f"{PAGES}/{page['id']}", 200, json={**given, "body": body})
        saved = person("GET", f"{PAGES}/{page['id']}?body-format=storage", 200)["body"]["storage"]["value"]
        assert saved.startswith("<p local-id=") == is_stamped


def test_saving_again_gives_other_ids() -> None:
    macro = '<ac:structured-macro ac:name="toc" />'
    assert as_saved(macro, "1", 1) != as_saved(macro, "1", 2)
    check_storage(as_saved(macro, "1", 1))


def test_the_text_of_a_page_is_its_visible_text() -> None:
    assert (
        text_of(
            '<h2>Head</h2><p>a <strong>b</strong></p><ac:structured-macro ac:name="code"><ac:parameter '
            'ac:name="language">py</ac:parameter><ac:parameter ac:name="title">T</ac:parameter>'
            "<ac:plain-text-body><![CDATA[x < y]]></ac:plain-text-body></ac:structured-macro>"
        )
        == "Head\na b\nT\nx < y"
    )


def test_properties_have_versions_of_their_own(seed: Seed, kinexus: Person) -> None:
    path = f"{PAGES}/{seed.pages['webhooks']}/properties"
    held = kinexus("POST", path, 200, json={"key": "k", "value": 1})
    kinexus("POST", path, 409, json={"key": "k", "value": 1})
    body = {"key": "k", "value": 2}
    kinexus("PUT", f"{path}/{held['id']}", 409, json={**body, "version": {"number": 1}})
    kinexus("PUT", f"{path}/{held['id']}", 200, json={**body, "version": {"number": 2}})


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/wiki/rest/api/content"),
        ("POST", "/wiki/rest/api/content"),
        ("GET", "/wiki/rest/api/content/{0}"),
        ("PUT", "/wiki/rest/api/content/{0}"),
        ("GET", "/wiki/rest/api/content/{0}/child"),
        ("GET", "/wiki/rest/api/space"),
        ("GET", "/wiki/rest/api/content/{0}/label"),
    ],
)
def test_removed_v1_endpoints_answer_410(seed: Seed, kinexus: Person, method: str, path: str) -> None:
    refused = kinexus(method, path.format(seed.pages["webhooks"]), 410)
    assert refused["message"].endswith("GoneException: This deprecated endpoint has been removed.")


def test_the_seeded_space_is_realistic(site: Site, seed: Seed) -> None:
    current = [page for page in site.confluence.pages.values() if page.status == "current"]
    whole = "".join(page.current.storage for page in current)
    assert len(current) >= 15
    for feature in (
        "<h3>",
        "<table",
        'ac:name="code"',
        'ac:name="panel"',
        'ac:name="expand"',
        "ac:layout-cell",
        "ri:attachment",
        "ac:inline-comment-marker",
        "ri:user",
        'ac:name="status"',
        "ac:task-list",
        "<ri:page",
        "]]]]><![CDATA[>",
    ):
        assert feature in whole, feature
    webhooks = site.confluence.pages[seed.pages["webhooks"]].current.storage
    assert re.search(
        r"<ac:layout-cell>.*<ac:inline-comment-marker ac:ref=.*8 times over 24 hours", webhooks, re.DOTALL
    )


def draft_of(person: Person, page_id: str) -> dict[str, Any]:
    draft: dict[str, Any] = person("GET", f"{PAGES}/{page_id}?get-draft=true&body-format=storage", 200)
    return draft


def test_without_a_draft_the_published_page_is_returned(seed: Seed, kinexus: Person) -> None:
    page = new(kinexus, seed, "T")
    shown = draft_of(kinexus, page["id"])
    assert (shown["status"], shown["version"]["number"]) == ("current", 1)
    assert shown["body"]["storage"]["value"] == "<p>a</p>"


def test_a_draft_is_no_version_and_names_its_author(
    site: Site, seed: Seed, kinexus: Person, developer: Person
) -> None:
    page = new(kinexus, seed, "T")
    change(developer, page["id"], 1, status="draft", title="T, soon")
    shown = draft_of(kinexus, page["id"])
    assert (shown["status"], shown["title"], shown["version"]["number"]) == ("draft", "T, soon", 1)
    assert shown["body"]["storage"]["value"] == "<p>b</p>"
    assert shown["version"]["authorId"] == site.account("developer").account_id
    current = kinexus("GET", f"{PAGES}/{page['id']}?body-format=storage", 200)
    assert (current["title"], current["version"]["number"]) == ("T", 1)
    assert current["body"]["storage"]["value"] == "<p>a</p>"


def test_the_version_number_of_a_draft_is_one(seed: Seed, kinexus: Person) -> None:
    page = new(kinexus, seed, "T")
    assert "must be 1" in title_of(change(kinexus, page["id"], 2, 400, status="draft"))


def test_a_new_version_overrides_the_draft(seed: Seed, kinexus: Person, developer: Person) -> None:
    page = new(kinexus, seed, "T")
    body = {"representation": "storage", "value": "<p>a day of work</p>"}
    change(developer, page["id"], 1, status="draft", body=body)
    change(kinexus, page["id"], 2)
    shown = draft_of(developer, page["id"])
    assert (shown["status"], shown["body"]["storage"]["value"]) == ("draft", "<p>b</p>")


def test_a_discarded_draft_is_gone(seed: Seed, kinexus: Person, developer: Person) -> None:
    page = new(kinexus, seed, "T")
    change(developer, page["id"], 1, status="draft")
    developer("DELETE", f"{PAGES}/{page['id']}?draft=true", 204)
    assert draft_of(kinexus, page["id"])["status"] == "current"
    assert kinexus("GET", f"{PAGES}/{page['id']}", 200)["status"] == "current"


def test_a_live_doc_says_so_and_has_no_draft(seed: Seed, kinexus: Person) -> None:
    page = new(kinexus, seed, "T", subtype="live")
    assert kinexus("GET", f"{PAGES}/{page['id']}", 200)["subtype"] == "live"
    assert "subtype" not in kinexus("GET", f"{PAGES}/{seed.pages['home']}", 200)
    found = kinexus("GET", f"{PAGES}?subtype=live", 200)["results"]
    assert [each["id"] for each in found] == [page["id"]]
    assert "no draft" in title_of(change(kinexus, page["id"], 1, 400, status="draft"))
