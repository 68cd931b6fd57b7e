"""The simulated site's accounts and groups: five accounts with their API tokens, and two groups."""

import base64
import binascii
import hmac
from dataclasses import dataclass
from typing import Any

#: Seconds for which an OAuth 2.0 access token is valid.
ACCESS_TOKEN_SECONDS = 3600
APPROVERS_GROUP = "documentation-approvers"
USERS_GROUP = "jira-software-users"
GROUP_IDS = {
    USERS_GROUP: "0f9f3ad5-51d3-4a4c-a0d5-64d4ad7b52d1",
    APPROVERS_GROUP: "8d6e4f7c-2b7a-4b3e-9f7e-3a1c5e9d7b20",
}


@dataclass(frozen=True)
class Account:
    """One Atlassian account.

    `name` is its name in tests and on the board; `token` is its API token (basic auth as e-mail:token);
    `account_type` is `atlassian` for people and `app` for the Kinexus account; `admin` may administer Jira. `lacks`
    names permissions that Jira reports as missing; the simulator still allows the actions. An account that is not
    `active` cannot be assigned issues.
    """

    name: str
    email: str
    account_id: str
    display_name: str
    account_type: str = "atlassian"
    admin: bool = False
    groups: tuple[str, ...] = (USERS_GROUP,)
    lacks: tuple[str, ...] = ()
    active: bool = True

    @property
    def token(self) -> str:
        """Return the account's API token; a made-up value that is valid only in the simulator."""
        return f"local-api-token-of-{self.name}"

    @property
    def authorization(self) -> str:
        """Return the value of the `Authorization` header for this account."""
        return "Basic " + base64.b64encode(f"{self.email}:{self.token}".encode()).decode()


DEFAULT_ACCOUNTS = (
    Account(
        "kinexus", "kinexus@example.com", "712020:5f0c2f6e-6b0b-4a58-9a3c-0d4b5a1f7c01", "Kinexus", "app"
    ),
    Account(
        "developer", "developer@example.com", "712020:1d2b7c90-1111-4c7e-8b5b-3f6a2c9e0d11", "Dana Developer"
    ),
    Account(
        "reviewer",
        "reviewer@example.com",
        "712020:2e3c8da1-2222-4d8f-9c6c-4a7b3daf1e22",
        "Robin Reviewer",
        groups=(USERS_GROUP, APPROVERS_GROUP),
    ),
    Account(
        "outsider", "outsider@example.com", "712020:3f4d9eb2-3333-4e90-8d7d-5b8c4eb02f33", "Otto Outsider"
    ),
    Account(
        "admin",
        "admin@example.com",
        "557058:4a5eafc3-4444-4fa1-9e8e-6c9d5fc13a44",
        "Alex Admin",
        admin=True,
        groups=(USERS_GROUP, APPROVERS_GROUP),
    ),
)


class Directory:
    """The accounts of a site, found by name, id, or credentials."""

    def __init__(self, accounts: tuple[Account, ...] = DEFAULT_ACCOUNTS) -> None:
        self.all = accounts
        self._by_id = {account.account_id: account for account in accounts}
        self._by_name = {account.name: account for account in accounts}
        self._revoked: set[str] = set()
        #: Access tokens of OAuth 2.0, with their account and the time at which they expire.
        self._access_tokens: dict[str, tuple[Account, float]] = {}

    def named(self, name: str) -> Account:
        """Return the account called `name` (`developer`); KeyError if there is none."""
        return self._by_name[name]

    def by_id(self, account_id: str) -> Account | None:
        """Return the account with that accountId, if any."""
        return self._by_id.get(account_id)

    def revoke(self, name: str) -> None:
        """Make the account's token expire: requests get 401 until `restore`."""
        self._revoked.add(name)

    def restore(self, name: str) -> None:
        """Make a revoked token valid again."""
        self._revoked.discard(name)

    def grant(self, client_id: str, client_secret: str, now: float) -> str | None:
        """Return an access token for OAuth 2.0 client credentials, or None if they are not valid.

        The client id is `client-of-` and the account's name, the client secret its API token.
        """
        for account in self.all:
            is_its = client_id == f"client-of-{account.name}" and account.name not in self._revoked
            if is_its and hmac.compare_digest(account.token.encode(), client_secret.encode()):
                token = f"local-access-token-{len(self._access_tokens)}-of-{account.name}"
                self._access_tokens[token] = (account, now + ACCESS_TOKEN_SECONDS)
                return token
        return None

    def authenticate(self, header: str | None, now: float) -> Account | None:
        """Return the account of the `Authorization` header (basic auth or Bearer) at a time, or None."""
        scheme, _, encoded = (header or "").partition(" ")
        if scheme.lower() == "bearer":
            account, ends_at = self._access_tokens.get(encoded, (None, 0.0))
            is_valid = account and ends_at > now and account.name not in self._revoked
            return account if is_valid else None
        if scheme.lower() != "basic":
            return None
        try:
            email, _, token = base64.b64decode(encoded, validate=True).decode().partition(":")
        except (binascii.Error, UnicodeDecodeError):
            return None
        for account in self.all:
            if account.email == email.lower() and hmac.compare_digest(account.token.encode(), token.encode()):
                return None if account.name in self._revoked else account
        return None


def avatar_urls(base: str) -> dict[str, str]:
    """Return the four avatar URLs of a user."""
    return {f"{size}x{size}": f"{base}/avatar/{size}.svg" for size in (16, 24, 32, 48)}


def user_json(account: Account, base: str, *, api: str = "3", email: bool = True) -> dict[str, Any]:
    """Return the account as Jira's UserDetails; webhooks omit the e-mail."""
    user = {
        "self": f"{base}/rest/api/{api}/user?accountId={account.account_id}",
        "accountId": account.account_id,
        "accountType": account.account_type,
        "avatarUrls": avatar_urls(base),
        "active": account.active,
        "displayName": account.display_name,
        "timeZone": "Etc/UTC",
    }
    return {**user, "emailAddress": account.email} if email else user


def group_json(group: str, base: str) -> dict[str, Any]:
    """Return a group as Jira's GroupName."""
    return {
        "name": group,
        "groupId": GROUP_IDS[group],
        "self": f"{base}/rest/api/3/group?groupId={GROUP_IDS[group]}",
    }
