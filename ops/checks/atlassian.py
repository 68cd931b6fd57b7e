"""The checks of `doctor` in Jira and Confluence, made with the pipeline's own API token."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from typing import Any

from common.atlassian.clients import connect_http
from common.atlassian.http_client import AtlassianError, AtlassianHttp
from common.aws.secrets import CachedSecret
from common.runtime.json_access import as_dict, as_list, as_str
from ops.deployed_stack import DeployedStack
from preflight.atlassian_check import SiteCheck, SiteConfig
from preflight.finding import Finding, failed, ok, warning

#: Environment variables with a Jira administrator's e-mail address and unscoped API token, to list webhooks.
ADMIN_EMAIL, ADMIN_TOKEN = "KINEXUS_ADMIN_EMAIL", "KINEXUS_ADMIN_TOKEN"


def accounts(deployment: DeployedStack) -> Iterator[Finding]:
    """Check accounts, spaces and permissions, as `pulumi up` does before it creates anything."""
    env = deployment.settings
    site = SiteConfig(
        jira_url=env.jira_base_url,
        confluence_url=env.confluence_url,
        email=env.jira_email,
        space_keys=env.confluence_space_key,
        review_project=env.jira_review_project_key,
        review_issue_type=env.review_issue_type,
        review_link_type=env.review_link_type,
        review_fields=env.review_fields,
        document_labels=env.document_labels,
        approver_group=env.approver_group_id,
        confluence_email=env.confluence_email,
        token_url=env.atlassian_token_url,
        client_id=env.atlassian_client_id,
        trust_folders=env.trust_folders,
        ticket_fields=env.ticket_fields,
        style_guide_page=env.style_guide_page,
        routes=env.routes,
    )
    secret = CachedSecret(deployment.client("secretsmanager"), env.jira_api_token_secret_arn)
    yield from SiteCheck(site, secret.get_first).findings()


def webhooks(deployment: DeployedStack) -> Iterator[Finding]:
    """Check that Jira has both webhooks of the stack, enabled and with a secret.

    https://developer.atlassian.com/cloud/jira/platform/webhooks/#registering-a-webhook-using-the-rest-api
    """
    env = deployment.settings
    wanted = {
        "change webhook": f"{env.review_base_url}/webhooks/jira",
        "approval webhook": f"{env.review_base_url}/webhooks/approval",
    }
    try:
        registered = [as_dict(hook) for hook in as_list(_admin(deployment).get("/rest/webhooks/1.0/webhook"))]
    except AtlassianError as error:
        if error.status not in (401, 403, 404):
            raise
        remedy = (
            f"set {ADMIN_EMAIL} and {ADMIN_TOKEN} (unscoped) and try again, or check in Jira, Settings > System > "
            f"WebHooks, that there are webhooks to {' and '.join(wanted.values())}, each with the secret"
        )
        yield warning("webhooks", f"only Jira administrators can list them ({error.status})", remedy)
        return
    for what, url in wanted.items():
        yield _webhook(what, url, registered, env.allow_unsigned_webhooks)


def _webhook(what: str, url: str, registered: list[Mapping[str, Any]], unsigned: bool) -> Finding:
    where = "in Jira, Settings > System > WebHooks"
    hooks = [hook for hook in registered if as_str(hook.get("url")).rstrip("/") == url]
    if not hooks:
        return failed(
            what, f"no webhook goes to {url}", f"create it {where}, for issue updated, with the webhookSecret"
        )
    hook = next((hook for hook in hooks if hook.get("enabled")), hooks[0])
    jql = as_str(as_dict(hook.get("filters")).get("issue-related-events-section")) or "all tickets"
    seen = f"{as_str(hook.get('name'))} goes to {url} for {jql}"
    if not hook.get("enabled"):
        return failed(what, f"{seen}, but is disabled", f"enable it {where}")
    if "jira:issue_updated" not in as_list(hook.get("events")):
        return failed(what, f"{seen}, but not for jira:issue_updated", f"choose Issue > updated {where}")
    if hook.get("excludeBody"):
        return failed(what, f"{seen}, but without a body", f"untick Exclude body {where}")
    if not hook.get("isSigned") and not unsigned:
        return failed(
            what,
            f"{seen}, but has no secret, so it is rejected",
            f"set its secret to the webhookSecret {where}",
        )
    return ok(what, seen + ("" if hook.get("isSigned") else ", unsigned"))


def _jira(deployment: DeployedStack) -> AtlassianHttp:
    env = deployment.settings
    secret = CachedSecret(deployment.client("secretsmanager"), env.jira_api_token_secret_arn)
    return connect_http(env, secret.get_first)[0]


def _admin(deployment: DeployedStack) -> AtlassianHttp:
    email, token = os.environ.get(ADMIN_EMAIL, ""), os.environ.get(ADMIN_TOKEN, "")
    if not (email and token):
        return _jira(deployment)
    # Unscoped tokens work on the site's own URL, not on the API gateway.
    return AtlassianHttp(deployment.settings.jira_browse_url, email, lambda fresh: token)
