"""The doctor's look at Jira and Confluence, with the pipeline's own token."""

from __future__ import annotations

import os
from collections.abc import Generator, Iterator, Mapping
from typing import Any

from common.atlassian_http import AtlassianError, AtlassianHttp, NotFound
from common.json_shapes import listed, mapping, text
from common.secret import Secret
from ops.deployment import Deployment, Settings
from ops.finding import Finding, doubtful, failed, well

#: What our account does to source and review tickets.
#: https://developer.atlassian.com/cloud/jira/platform/rest/v3/api-group-permissions/
PERMISSIONS = (
    "BROWSE_PROJECTS",
    "CREATE_ISSUES",
    "EDIT_ISSUES",
    "ADD_COMMENTS",
    "TRANSITION_ISSUES",
    "LINK_ISSUES",
)
#: Environment variables with an unscoped token of a Jira administrator, to look at webhooks with.
ADMIN_EMAIL, ADMIN_TOKEN = "KINEXUS_ADMIN_EMAIL", "KINEXUS_ADMIN_TOKEN"
_RENEW = "create an API token, pulumi config set --secret jiraApiToken, pulumi up"
_SCOPED = "with a scoped token, {0} must be https://api.atlassian.com/ex/{1}/{{cloudId}}{2}"


def accounts(deployment: Deployment) -> Iterator[Finding]:
    """Log in to both products; the other checks need it."""
    account_id = yield from _jira_account(deployment)
    if not account_id:
        return
    is_same = yield from _confluence_account(deployment, account_id)
    if is_same:
        yield from _spaces(deployment)
    yield from _review_tickets(deployment)


def webhooks(deployment: Deployment) -> Iterator[Finding]:
    """Compare Jira's webhooks with the stack's addresses.

    https://developer.atlassian.com/cloud/jira/platform/webhooks/#registering-a-webhook-using-the-rest-api
    """
    env = deployment.settings
    wanted = {
        "change webhook": f"{env.review_base_url}/webhooks/jira",
        "approval webhook": f"{env.review_base_url}/webhooks/approval",
    }
    try:
        registered = [mapping(hook) for hook in listed(_admin(deployment).get("/rest/webhooks/1.0/webhook"))]
    except AtlassianError as error:
        if error.status not in (401, 403, 404):
            raise
        remedy = (
            f"set {ADMIN_EMAIL} and {ADMIN_TOKEN} (unscoped) for this command, or compare in Jira, Settings > System > "
            f"WebHooks: {' and '.join(wanted.values())}, each with the secret"
        )
        yield doubtful("webhooks", f"only Jira's administrators may look at them ({error.status})", remedy)
        return
    for what, url in wanted.items():
        yield _webhook(what, url, registered, env.allow_unsigned_webhooks)


def _webhook(what: str, url: str, registered: list[Mapping[str, Any]], unsigned: bool) -> Finding:
    where = "in Jira, Settings > System > WebHooks"
    hooks = [hook for hook in registered if text(hook.get("url")).rstrip("/") == url]
    if not hooks:
        return failed(
            what, f"none goes to {url}", f"create it {where}, for issue updated, with the webhookSecret"
        )
    hook = next((hook for hook in hooks if hook.get("enabled")), hooks[0])
    jql = text(mapping(hook.get("filters")).get("issue-related-events-section")) or "all tickets"
    seen = f"{text(hook.get('name'))} goes to {url} for {jql}"
    if not hook.get("enabled"):
        return failed(what, f"{seen}, but is switched off", f"enable it {where}")
    if "jira:issue_updated" not in listed(hook.get("events")):
        return failed(what, f"{seen}, but not for jira:issue_updated", f"choose Issue > updated {where}")
    if hook.get("excludeBody"):
        return failed(what, f"{seen}, but without a body", f"untick Exclude body {where}")
    if not hook.get("isSigned") and not unsigned:
        return failed(
            what, f"{seen}, but has no secret: it is turned away", f"give it the webhookSecret {where}"
        )
    return well(what, seen + ("" if hook.get("isSigned") else ", unsigned"))


def _jira_account(deployment: Deployment) -> Generator[Finding, None, str]:
    env = deployment.settings
    try:
        account = mapping(_jira(deployment).get("/rest/api/3/myself"))
    except AtlassianError as error:
        scoped = _SCOPED.format("jiraBaseUrl", "jira", "")
        yield failed(
            "Jira account", f"{env.jira_email} at {env.jira_base_url}: {error}", f"{_RENEW}; {scoped}"
        )
        return ""
    name = text(account.get("displayName"))
    if account.get("accountType") == "atlassian":
        seen = f"{name} ({env.jira_email}) may be a person: then this person cannot approve"
        yield doubtful("Jira account", seen, "give Kinexus an account of its own; if it is one, all is well")
    else:
        yield well(
            "Jira account", f"{name} ({env.jira_email}), an account of the kind {account.get('accountType')}"
        )
    return text(account.get("accountId"))


def _confluence_account(deployment: Deployment, jira_account: str) -> Generator[Finding, None, bool]:
    env = deployment.settings
    try:
        account = deployment.atlassian[1].account_id()
    except AtlassianError as error:
        scoped = _SCOPED.format("confluenceUrl", "confluence", "/wiki")
        remedy = f"give {env.jira_email} access to Confluence and the token its scopes; {scoped}"
        yield failed("Confluence account", f"{env.confluence_url}: {error}", remedy)
        return False
    if account != jira_account:
        remedy = "jiraBaseUrl and confluenceUrl must belong to one site, and its pages be open to our account"
        yield failed("Confluence account", f"{account or 'nobody'} there, {jira_account} in Jira", remedy)
        return False
    yield well("Confluence account", "the same token, the same account")
    return True


def _spaces(deployment: Deployment) -> Iterator[Finding]:
    keys = deployment.settings.confluence_space_key
    found = {space.key for space in deployment.atlassian[1].spaces(keys)}
    missing = [key for key in keys if key not in found]
    if missing:
        remedy = "correct confluenceSpaceKey, or let our account view and edit in the space"
        yield failed("spaces", f"not there, or hidden from our account: {', '.join(missing)}", remedy)
    else:
        new = f"; new pages go to {keys[0]}" if len(keys) > 1 else ""
        yield well("spaces", ", ".join(keys) + new)


def _review_tickets(deployment: Deployment) -> Iterator[Finding]:
    env, jira = deployment.settings, _jira(deployment)
    project, kind = env.jira_review_project_key, env.review_issue_type
    try:
        if project:
            path = f"/rest/api/3/issue/createmeta/{project}/issuetypes"
            kinds = listed(mapping(jira.get(path, {"maxResults": 200})).get("issueTypes"))
        else:
            kinds = listed(jira.get("/rest/api/3/issuetype"))
    except NotFound:
        remedy = "correct jiraReviewProject, or let our account browse the project"
        yield failed("review tickets", f"there is no project {project} for our account", remedy)
        return
    names = [text(mapping(each).get("name")) for each in kinds]
    where = f"the project {project}" if project else "the source ticket's project"
    if kind not in names:
        remedy = f"set reviewIssueType to one of {', '.join(dict.fromkeys(names))}"
        yield failed("review tickets", f"there is no issue type {kind} in {where}", remedy)
    else:
        yield well("review tickets", f"of the type {kind}, in {where}")
    yield _permissions(jira, env, where)


def _permissions(jira: AtlassianHttp, env: Settings, where: str) -> Finding:
    params = {"permissions": ",".join(PERMISSIONS)}
    if env.jira_review_project_key:
        params["projectKey"] = env.jira_review_project_key
    held = mapping(mapping(jira.get("/rest/api/3/mypermissions", params)).get("permissions"))
    missing = [name for name in PERMISSIONS if not mapping(held.get(name)).get("havePermission")]
    if missing:
        return failed(
            "permissions", f"our account has no {', '.join(missing)}", f"grant it to our account in {where}"
        )
    return well("permissions", "browse, create, edit, comment, move and link tickets")


def _jira(deployment: Deployment) -> AtlassianHttp:
    env = deployment.settings
    secret = Secret(deployment.client("secretsmanager"), env.jira_api_token_secret_arn)
    return AtlassianHttp(
        env.jira_base_url, env.jira_email, lambda fresh: str(secret.get("apiToken", fresh=fresh))
    )


def _admin(deployment: Deployment) -> AtlassianHttp:
    email, token = os.environ.get(ADMIN_EMAIL, ""), os.environ.get(ADMIN_TOKEN, "")
    if not (email and token):
        return _jira(deployment)
    # Unscoped tokens work on the site itself, where people are.
    return AtlassianHttp(deployment.settings.jira_browse_url, email, lambda fresh: token)
