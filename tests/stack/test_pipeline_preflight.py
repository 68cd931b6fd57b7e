"""Before creating anything, `pulumi up` refuses what cannot work, with the remedy; turned off, it makes no request.

Over HTTP against the simulated site and the Bedrock stand-in. Not proven: what real sites answer to an account without
permissions, and how Pulumi's engine prints a failure.
"""

import dataclasses
from collections.abc import Callable, Iterator
from typing import Any

import pulumi
import pytest
from pulumi import dynamic
from pulumi.dynamic.dynamic import serialize_provider
from urllib3.util.retry import Retry

from common.atlassian import confluence_client
from common.atlassian.confluence_client import ConfluencePage
from local import bedrock, seed
from local.atlassian import Running, Site, serve
from local.atlassian.accounts import DEFAULT_ACCOUNTS
from local.atlassian.fault_injection import Fault
from local.atlassian.jira.screens import CustomField, Screens
from local.region.dynamic_resource import create_dynamic_resource, is_dynamic
from local.region.ministack import RegionFailure
from preflight import atlassian_check as preflight_site
from preflight import atlassian_rules
from preflight import bedrock_check as model_rules
from preflight.finding import Level
from stack.pipeline.preflight_provider import PreflightProvider
from stack.testing import checks, fake_aws, run_program
from tests.secrets_in_use import STACK_WEBHOOK_SECRETS
from tests.stack.pipeline_run import ROOT, SECRETS, run, settings_of, some_layer

TYPE = "pulumi-python:dynamic/kinexus:Preflight"


@dataclasses.dataclass
class Around:
    """A site and a model, and a provider that checks them with a token."""

    jira: Running
    model: bedrock.StandIn
    token: str = "local-api-token-of-kinexus"

    def look(self, **changed: Any) -> tuple[list[str], list[str]]:
        """Return the failures and the warnings."""
        props = {
            "jira_url": self.jira.url, "confluence_url": f"{self.jira.url}/wiki", "email": "kinexus@example.com",
            "space_keys": "SD", "review_project": "PAY2", "review_issue_type": "Task", "review_link_type": "Relates", "approver_group": "",
            "document_labels": "needs-docs",
            "region": "eu-central-1", "model_id": "amazon.nova-lite-v1:0",
        }  # fmt: skip
        provider = PreflightProvider()
        provider.configure(
            dynamic.ConfigureRequest(dynamic.Config({"kinexus:jiraApiToken": self.token}, "kinexus"))
        )
        result = provider.check({}, {**props, **changed})
        return [each.reason for each in result.failures], result.inputs["notes"]


@pytest.fixture
def around(monkeypatch: pytest.MonkeyPatch) -> Iterator[Around]:
    site = Site(accounts=(*DEFAULT_ACCOUNTS, *LACKING))
    seed.load(site)
    standing_in = bedrock.StandIn()
    answering = bedrock.serve(standing_in)
    for service in ("BEDROCK_RUNTIME", "BEDROCK"):
        monkeypatch.setenv(f"AWS_ENDPOINT_URL_{service}", answering.url)
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "testing")
    with serve(site) as running:
        yield Around(running, standing_in)
    answering.stop()


def lacking(name: str, *permissions: str) -> Any:
    ours = DEFAULT_ACCOUNTS[0]
    return dataclasses.replace(
        ours, name=name, email=f"{name}@example.com", account_id=f"712020:{name}", lacks=permissions
    )


LACKING = (lacking("unlinked", "LINK_ISSUES", "ADD_COMMENTS"), lacking("onlooker", "CREATE_ISSUES"), lacking("blind", "USER_PICKER"), lacking("open", "SET_ISSUE_SECURITY"))  # fmt: skip


def as_account(name: str) -> Callable[[Around], dict[str, Any]]:
    def change(around: Around) -> dict[str, Any]:
        around.token = f"local-api-token-of-{name}"
        return {"email": f"{name}@example.com"}

    return change


def may_not_write(around: Around) -> dict[str, Any]:
    space = next(each for each in around.jira.site.confluence.spaces.values() if each.key == "SD")
    space.writers = (around.jira.site.account("admin").account_id,)
    return {}


def without_token(around: Around) -> dict[str, Any]:
    around.token = ""
    return {}


def revoked(around: Around) -> dict[str, Any]:
    around.jira.site.people.revoke("kinexus")
    return {}


def denied(message: str) -> Callable[[Around], dict[str, Any]]:
    def change(around: Around) -> dict[str, Any]:
        around.model.may_invoke = lambda function, model: message
        return {}

    return change


TEAM = CustomField("customfield_10050", "Team", "option", ("Docs", "Web"), required=True)
EVERY = Screens(custom=(TEAM,))
LEAN = Screens(create=frozenset({"summary", "issuetype", "project", "reporter"}), custom=(TEAM,))
UNLABELLED = Screens(create=Screens().create - {"labels"}, edit=Screens().edit - {"labels"})


def with_screens(screens: Screens, **props: Any) -> Callable[[Around], dict[str, Any]]:
    """Give the project of the reviews other screens, and an open ticket of the review's type."""

    def change(around: Around) -> dict[str, Any]:
        jira = around.jira.site.jira
        jira.projects["PAY2"] = dataclasses.replace(jira.projects["PAY2"], screens=screens)
        around.jira.site.jira_search_lag = 0
        return props

    return change


REFUSED: dict[str, tuple[Callable[[Around], dict[str, Any]], list[str]]] = {
    "no token": (without_token, ["API token: there is none", "pulumi config set --secret jiraApiToken"]),
    "expired token": (revoked, ["Jira account: kinexus@example.com", "401", "create an API token"]),
    "no project": (lambda _: {"review_project": "NOPE"}, ["no project NOPE", "correct jiraReviewProject"]),
    "no issue type": (lambda _: {"review_issue_type": "Review"}, ["no issue type Review in the project PAY2", "reviewIssueType to one of"]),
    "a sub-task type": (lambda _: {"review_issue_type": "Sub-task"}, ["Sub-task is a sub-task type", "reviewIssueType to one of Story, Task, Bug, Epic."]),
    "no link type": (lambda _: {"review_link_type": "Related"}, ["no link type Related", "reviewLinkType to one of Blocks, Cloners, Duplicate, Relates"]),
    "a required field": (with_screens(EVERY), ["requires Team (customfield_10050), and reviewFields gives it no value", "add it to reviewFields"]),
    "a field that is not on the create screen": (
        lambda _: {"review_fields": '{"customfield_10999": "x"}'},
        ["customfield_10999 in reviewFields cannot be set", "remove it from reviewFields"],
    ),
    "labels on no screen": (with_screens(UNLABELLED), ["labels cannot be set: it is neither on the create nor on the edit screen of the project PAY2", "edit screen"]),
    "missing rights": (as_account("unlinked"), ["has no permission ADD_COMMENTS, LINK_ISSUES", "grant it to the Kinexus account in the project PAY2"]),
    "no right to create": (as_account("onlooker"), ["has no permission CREATE_ISSUES", "grant it"]),
    "no look at groups": (
        lambda around: {**as_account("blind")(around), "approver_group": "8d6e4f7c-2b7a-4b3e-9f7e-3a1c5e9d7b20"},
        ["has no permission USER_PICKER", "Browse users and groups"],
    ),
    "no ticket field": (
        lambda _: {"ticket_fields": "Story point estimate,Acceptance criteria"},
        ["ticket fields: Jira has no field Acceptance criteria", "correct ticketFields"],
    ),
    "no style guide": (lambda _: {"style_guide_page": "999999"}, ["page 999999 not found", "correct styleGuidePage"]),
    "no space": (lambda _: {"space_keys": "SD,NOPE"}, ["hidden from the Kinexus account: NOPE", "correct confluenceSpaceKey"]),
    "read-only space": (may_not_write, ["may not write pages in SD", "Add/edit pages"]),
    "another site's Confluence": (lambda a: {"confluence_url": f"{a.jira.url}/elsewhere/wiki"}, ["Confluence account", "confluenceUrl must be"]),
    "model not granted": (denied("You don't have access to the model"), ["AccessDeniedException", "a service control policy denies this model"]),
    "own role": (denied("User: me is not authorized to perform: bedrock:InvokeModel"), ["give your own AWS role bedrock:InvokeModel"]),
    "no such model": (lambda _: {"model_id": "amazon.nova-none-v1:0"}, ["amazon.nova-none-v1:0: ValidationException", "set bedrockModelId to eu.amazon.nova-lite-v1:0 (Nova Lite in this region) or eu.amazon.nova-2-lite"]),
    "no such profile": (lambda _: {"model_id": "zz.amazon.nova-lite-v1:0"}, ["ValidationException", "inference profile"]),
}  # fmt: skip


@pytest.mark.parametrize(("change", "words"), REFUSED.values(), ids=REFUSED.keys())
def test_missing_things_are_refused_with_the_remedy(
    around: Around, change: Callable[[Around], dict[str, Any]], words: list[str]
) -> None:
    [refusal], _ = around.look(**change(around))
    for each in [*words, "pulumi config set preflight false"]:
        assert each in refusal
    assert refusal.count("\n  - ") == 1, refusal
    assert not around.token or around.token not in refusal


def test_all_findings_are_reported_together(around: Around) -> None:
    [refusal], _ = around.look(review_project="NOPE", space_keys="NIX", model_id="amazon.nova-none-v1:0")
    assert [line.split(":")[0] for line in refusal.splitlines()[1:-1]] == [
        "  - spaces",
        "  - review tickets",
        "  - model",
    ]


def test_a_healthy_site_passes_silently(around: Around) -> None:
    assert around.look() == ([], [])
    assert around.look(review_project="", approver_group="8d6e4f7c-2b7a-4b3e-9f7e-3a1c5e9d7b20") == ([], [])
    [call, _] = around.model.calls()
    assert (call.function, call.model_id) == ("", "amazon.nova-lite-v1:0")


def with_team(around: Around, screens: Screens) -> dict[str, Any]:
    return with_screens(screens, review_fields='{"customfield_10050": {"value": "Docs"}}')(around)


@pytest.mark.parametrize("project", ["PAY2", ""])
def test_a_company_project_passes_with_its_settings(around: Around, project: str) -> None:
    assert around.look(review_project=project, **with_team(around, LEAN)) == ([], [])


def test_source_projects_are_only_warned_about(around: Around) -> None:
    """Without a review project, the projects of tickets with a documentation label are checked."""
    refused, [note] = around.look(review_project="", **with_screens(EVERY)(around))
    assert refused == []
    assert "PAY2: the project PAY2 requires Team (customfield_10050)" in note


def test_without_an_open_ticket_the_edit_screen_is_unknown(around: Around) -> None:
    props = with_team(around, LEAN)
    around.jira.site.jira.add_project("DOCS", "Documentation", LEAN)
    refused, notes = around.look(review_project="DOCS", **props)
    assert refused == []
    assert [note.split(" ")[2] for note in notes] == ["description", "labels"]
    assert "create one there, then check again" in notes[0]


def test_a_summary_that_cannot_be_edited_is_noted(around: Around) -> None:
    refused, [note] = around.look(**with_screens(Screens(edit=Screens().edit - {"summary"}))(around))
    assert refused == []
    assert "summary is not on the edit screen of the project PAY2" in note


def test_disabled_issue_linking_is_refused(around: Around) -> None:
    around.jira.site.faults.add(Fault(kind="status", status=404, path="/issueLinkType"))
    [refusal], _ = around.look()
    assert "issue linking is disabled" in refusal


def in_folders(around: Around, kind: str = "folder") -> None:
    store, author = around.jira.site.confluence, around.jira.site.account("developer")
    space = next(each for each in store.spaces.values() if each.key == "SD")
    folder = store.add_container(author, kind, space.id, "Place")
    inside = store.create(author, space.id, "Inside", "<p>x</p>", folder.id)
    store.create(author, space.id, "Deeper inside", "<p>x</p>", inside.id)
    store.create(author, space.id, "Live", "<p>x</p>", None).is_live = True


@pytest.mark.parametrize("kind", ["folder", "whiteboard", "database", "embed"])
def test_pages_below_folders_are_counted_and_noted_with_both_remedies(around: Around, kind: str) -> None:
    in_folders(around, kind)
    before = len(around.jira.site.calls())
    refused, [note] = around.look()
    count = len([page for page in around.jira.site.confluence.pages.values() if page.status == "current"])
    assert refused == []
    assert "view restrictions: 2 of" in note
    assert "1 are live docs, edited only if a ticket names them" in note
    assert "docs:PAGE-ID" in note
    assert "pulumi config set trustFolders true" in note
    assert (
        len([call for call in around.jira.site.calls()[before:] if "/pages" in call.path])
        <= 1 + count // 250 + 1
    )
    assert around.look(trust_folders=True) == ([], [])


def test_only_a_limited_number_of_pages_is_checked(around: Around, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(confluence_client, "MAX_RESULTS", 2)
    monkeypatch.setattr(preflight_site, "MAX_PAGES", 4)
    in_folders(around)
    before = len(around.jira.site.calls())
    around.look()
    listed = [call for call in around.jira.site.calls()[before:] if call.path.endswith("/pages")]
    assert len(listed) == 3
    pages = [ConfluencePage("1", "", "1", "9", "current", 1, "", "", "", parent_type="folder")]
    assert (
        "1 of the first 1 pages"
        in atlassian_rules.check_restrictions(pages, is_all=False, trust_folders=False).seen
    )


def test_a_removed_restrictions_endpoint_stops_the_deployment(around: Around) -> None:
    around.jira.site.faults.add(Fault(kind="gone", path="/restriction/"))
    [refusal], _ = around.look()
    assert "view restrictions: GET" in refusal
    assert "update Kinexus: Atlassian has removed an endpoint" in refusal


def test_security_levels_are_not_required(around: Around) -> None:
    assert around.look(**as_account("open")(around)) == ([], [])
    finding = atlassian_rules.check_permissions(["SET_ISSUE_SECURITY"], "PAY2")
    assert (finding.level, "a ticket with a security level gets no review" in finding.seen) == (
        Level.OK,
        True,
    )


def test_a_token_of_a_person_is_only_a_warning(around: Around) -> None:
    refused, [note] = around.look(**as_account("developer")(around))
    assert refused == []
    assert "Dana Developer (developer@example.com) may be a person: then this person cannot approve" in note


def test_unknown_is_distinguished_from_missing(around: Around, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Retry, "sleep", lambda *_: None)
    around.jira.site.faults.add(Fault(kind="status", status=503, count=100, path="/wiki/"))
    [refusal], _ = around.look()
    assert "the other checks cannot be made now: GET /rest/api/user/current: 503" in refusal
    assert "https://status.atlassian.com; try again" in refusal
    assert "preflight false" in refusal
    assert "API token" not in refusal


def test_unknown_space_permissions_are_noted(around: Around) -> None:
    around.jira.site.faults.add(Fault(kind="status", status=401, count=2, path="/operations"))
    refused, [note] = around.look()
    assert refused == []
    assert "cannot check whether the Kinexus account may write there" in note


@pytest.mark.parametrize(
    ("code", "level", "remedy"),
    [
        ("ThrottlingException", Level.WARNING, "higher quota"),
        ("ServiceUnavailableException", Level.FAILED, "try again"),
        ("ResourceNotFoundException", Level.FAILED, "set bedrockModelId"),
    ],
)
def test_a_throttled_model_passes_an_unavailable_one_asks_to_retry(
    code: str, level: Level, remedy: str
) -> None:
    finding = model_rules.explain_refusal("amazon.nova-lite-v1:0", code, "said so")
    assert (finding.level, remedy in finding.remedy) == (level, True)


def test_a_missing_aws_profile_is_named(around: Around) -> None:
    provider = PreflightProvider()
    settings = {"kinexus:jiraApiToken": around.token, "aws:profile": "no-such-profile"}
    provider.configure(dynamic.ConfigureRequest(dynamic.Config(settings, "kinexus")))
    result = provider.check(
        {}, {"region": "eu-central-1", "model_id": "x", "jira_url": pulumi.output.UNKNOWN}
    )
    assert "no-such-profile" in result.failures[0].reason
    assert "correct aws:profile" in result.failures[0].reason


@pytest.mark.parametrize(
    "url", ["http://chat.example.com/confidential", "https://hooks.slack.com/confidential"]
)
def test_the_chat_webhook_is_checked_without_a_message(around: Around, url: str) -> None:
    """Its URL is a secret: only the host may be shown."""
    provider = PreflightProvider()
    settings = {"kinexus:jiraApiToken": around.token, "kinexus:chatWebhookUrl": url}
    provider.configure(dynamic.ConfigureRequest(dynamic.Config(settings, "kinexus")))
    unknown = {"region": pulumi.output.UNKNOWN, "jira_url": pulumi.output.UNKNOWN}
    result = provider.check({}, unknown)
    reasons = "".join(each.reason for each in result.failures)
    assert bool(result.failures) is url.startswith("http://")
    assert ("chat webhook: its URL must be a URL that begins with https://" in reasons) is bool(reasons)
    assert "confidential" not in reasons


def test_the_token_is_not_in_inputs_outputs_or_the_provider() -> None:
    [look] = run("dev").of_type(TYPE)
    assert SECRETS["jiraApiToken"] not in str(look.inputs) + str(look.outputs)
    assert look.secrets == frozenset()
    assert serialize_provider(PreflightProvider()) == look.inputs["__provider"]


def test_everything_in_the_pipeline_depends_on_the_preflight() -> None:
    graph = run("dev")
    [look] = graph.of_type(TYPE)
    first = [each for each in graph.resources if each.parent == look.parent and each is not look]
    assert len(first) > 10
    assert [each.name for each in first if look.urn not in each.dependencies] == []


def real_run(around: Around, **changed: Any) -> tuple[Any, list[str]]:
    """Run the program with real dynamic resources; return the graph (or the failure) and what was created before."""
    config = {**settings_of("dev"), **{f"kinexus:{key}": value for key, value in SECRETS.items()}}
    config |= {
        "kinexus:layerArchive": some_layer(), "kinexus:jiraBaseUrl": around.jira.url,
        "kinexus:confluenceUrl": f"{around.jira.url}/wiki", "kinexus:jiraEmail": "kinexus@example.com",
        "kinexus:jiraApiToken": around.token, **{f"kinexus:{key}": value for key, value in changed.items()},
    }  # fmt: skip
    made: list[str] = []

    def make(wanted: Any) -> tuple[str, Any]:
        made.append(wanted.type)
        if is_dynamic(wanted.type):
            return create_dynamic_resource(wanted.name, wanted.inputs, config, "kinexus", {})
        return fake_aws.fake_create(wanted)

    try:
        return run_program(
            ROOT, project="kinexus", config=config, secret_keys=tuple(SECRETS), create=make
        ), made
    except RegionFailure as failure:
        return failure, made


def test_nothing_is_created_when_it_refuses(around: Around) -> None:
    failure, made = real_run(around, confluenceSpaceKey="NOPE")
    assert "hidden from the Kinexus account: NOPE" in str(failure)
    assert made == [TYPE]


def test_the_warning_about_a_person_is_also_an_output(
    around: Around, monkeypatch: pytest.MonkeyPatch
) -> None:
    warned: list[str] = []
    monkeypatch.setattr(pulumi.log, "warn", warned.append)
    as_account("developer")(around)
    graph, _ = real_run(around, jiraEmail="developer@example.com")
    assert "cannot approve" in graph.outputs["preflightNotes"][0]
    assert warned == graph.outputs["preflightNotes"]


def test_turned_off_it_makes_no_request(around: Around, monkeypatch: pytest.MonkeyPatch) -> None:
    """And the administrator's token is in no setting, input or output."""
    admin = around.jira.site.account("admin")
    monkeypatch.setenv("KINEXUS_ADMIN_EMAIL", admin.email)
    monkeypatch.setenv("KINEXUS_ADMIN_TOKEN", admin.token)
    graph, made = real_run(around, preflight="false", confluenceSpaceKey="NOPE", registerWebhooks="true")

    assert graph.outputs["preflightNotes"] == []
    assert TYPE not in made
    assert around.jira.site.calls(account="kinexus") == []
    assert around.model.calls() == ()

    registered = {each.name: each for each in around.jira.site.webhooks.webhooks.values()}
    assert set(registered) == {"kinexus: change detection", "kinexus: approval"}
    assert {each.secret for each in registered.values()} == {STACK_WEBHOOK_SECRETS[0]}
    assert graph.outputs["webhookSteps"] == ""
    assert admin.token not in str([(each.inputs, each.outputs) for each in graph.resources])
    assert checks.plain_secrets(graph, STACK_WEBHOOK_SECRETS[0]) == []


@pytest.mark.parametrize(
    ("fault", "level", "words"),
    [
        (
            "tool-choice",
            "failed",
            "choose a model that can be forced to call a tool: set bedrockModelId to eu.",
        ),
        ("model-error", "warning", "try again; if it persists"),
        ("no-tool", "warning", "gave no answer in the required form"),
        ("throttling", "warning", "higher quota"),
    ],
)
def test_the_model_is_checked_by_a_forced_tool_call(
    around: Around, monkeypatch: pytest.MonkeyPatch, fault: str, level: str, words: str
) -> None:
    monkeypatch.setattr("botocore.endpoint.time.sleep", lambda _: None)
    around.model.fail_next(fault, times=3 if fault == "throttling" else 1)
    refused, notes = around.look()
    [told] = refused if level == "failed" else notes
    assert words in told
    assert (len(refused), len(notes)) == ((1, 0) if level == "failed" else (0, 1))


def test_a_legacy_model_is_a_warning_with_its_end_and_the_newer_one(around: Around) -> None:
    around.model.legacy["amazon.nova-lite-v1:0"] = "2027-03-31T00:00:00Z"
    for model in ("amazon.nova-lite-v1:0", "eu.amazon.nova-lite-v1:0"):
        refused, [note] = around.look(model_id=model)
        assert refused == []
        assert "amazon.nova-lite-v1:0 is Legacy, and AWS ends it on 2027-03-31" in note
        assert "pulumi config set bedrockModelId eu.amazon.nova-2-lite-v1:0" in note


def test_a_field_that_the_model_does_not_know_is_named(around: Around) -> None:
    [refusal], _ = around.look(request_fields='{"reasoningConfig": {"type": "enabled"}}')
    assert "correct additionalModelRequestFields" in refusal
    assert around.look(
        model_id="eu.amazon.nova-2-lite-v1:0", request_fields='{"reasoningConfig": {"type": "enabled"}}'
    ) == ([], [])
