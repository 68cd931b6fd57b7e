"""Plays a ticket and pages through jira and atlassian-python-api, and publishes a file with md2conf.

usage: python check.py URL EMAIL TOKEN SPACE_KEY PAGE_ID; prints one line per step, exits 1 if any failed.
It runs in an environment that holds only the clients.
"""

import subprocess
import sys
import tempfile
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import Any

import atlassian
import jira

URL, EMAIL, TOKEN, SPACE, PAGE = sys.argv[1:]
FAILED: list[str] = []


def step(name: str, action: Callable[[], Any], check: Callable[[Any], bool] = lambda answer: True) -> Any:
    """Run one step, print its outcome, and return its answer, None if it failed."""
    try:
        answer = action()
        if not check(answer):
            raise ValueError(f"unexpected answer: {str(answer)[:400]}")
    except Exception:
        FAILED.append(name)
        print(f"FAILED {name}: {traceback.format_exc()[-1500:]}")
        return None
    print(f"ok {name}")
    return answer


def jira_client() -> None:
    """The common calls of jira, which uses version 2 of the REST API: rich text is text."""
    client = jira.JIRA(server=URL, basic_auth=(EMAIL, TOKEN), options={"rest_api_version": "2"})
    step("jira myself", client.myself, lambda it: it["emailAddress"] == EMAIL)
    step("jira projects", client.projects, lambda it: any(each.key == "PAY2" for each in it))
    fields = {
        "project": {"key": "PAY2"},
        "issuetype": {"name": "Task"},
        "summary": "From jira",
        "description": "Why",
        "labels": ["needs-docs"],
    }
    issue = step("jira create", lambda: client.create_issue(fields=fields))
    step("jira read", lambda: client.issue(issue.key), lambda it: it.fields.description == "Why")
    step("jira update", lambda: issue.update(fields={"description": "Because"}))
    step("jira comment", lambda: client.add_comment(issue.key, "Done"), lambda it: it.body == "Done")
    step("jira comments", lambda: client.comments(issue.key), lambda it: [c.body for c in it] == ["Done"])
    step("jira label", lambda: issue.update(update={"labels": [{"add": "api"}]}))
    moves = step("jira transitions", lambda: client.transitions(issue.key), bool)
    step("jira transition", lambda: client.transition_issue(issue.key, moves[-1]["id"]))
    query = f"key = {issue.key}"
    step("jira search", lambda: client.enhanced_search_issues(query), lambda it: len(it) == 1)
    step("jira link types", client.issue_link_types, bool)


def confluence_client() -> None:
    """The common calls of atlassian-python-api that a real site answers: Confluence v2 and Jira; v1 content is gone."""
    wiki = atlassian.ConfluenceV2(url=f"{URL}/wiki", username=EMAIL, password=TOKEN)
    space = step("atlassian space", lambda: wiki.get_space_by_key(SPACE), lambda it: it["key"] == SPACE)
    step("atlassian page", lambda: wiki.get_page_by_id(PAGE), lambda it: it["id"] == PAGE)
    made = step("atlassian create page", lambda: wiki.create_page(space["id"], "By a client", "<p>One</p>"))
    step(
        "atlassian update page",
        lambda: wiki.update_page(made["id"], "By a client", "<p>Two</p>", status="current", version=1),
        lambda it: it["version"]["number"] == 2,
    )
    step("atlassian spaces", wiki.get_spaces, lambda it: any(each["type"] == "personal" for each in it))
    step("atlassian labels", lambda: wiki.get_page_labels(PAGE))
    step("atlassian properties", lambda: wiki.get_page_properties(PAGE))
    ticket = atlassian.Jira(url=URL, username=EMAIL, password=TOKEN, cloud=True)
    fields = {"project": {"key": "PAY2"}, "issuetype": {"name": "Task"}, "summary": "From atlassian"}
    made = step("atlassian create issue", lambda: ticket.create_issue(fields=fields), lambda it: "key" in it)
    step("atlassian issue", lambda: ticket.issue(made["key"]), lambda it: it["key"] == made["key"])
    step("atlassian comment", lambda: ticket.issue_add_comment(made["key"], "Hello"))
    step("atlassian myself", ticket.myself, lambda it: it["emailAddress"] == EMAIL)
    old = atlassian.Confluence(url=f"{URL}/wiki", username=EMAIL, password=TOKEN, cloud=False)
    step("atlassian v1 content is gone", lambda: _refusal(lambda: old.get_page_by_id(PAGE)), bool)


def _refusal(call: Callable[[], Any]) -> str:
    """Return the error of a call; empty if it succeeds."""
    try:
        call()
    except Exception as error:
        return repr(error)
    return ""


def md2conf_publishes() -> None:
    """md2conf publishes a file with an image, and then again, as a new version."""
    with tempfile.TemporaryDirectory() as folder:
        page = Path(folder) / "page.md"
        (Path(folder) / "dot.png").write_bytes(bytes.fromhex(_DOT))
        command = [
            *(sys.executable, "-m", "md2conf", "--no-generated-by", "--no-render-mermaid", "-l", "warning"),
            *("-u", EMAIL, "-a", TOKEN, "-s", SPACE, "--api-url", f"{URL}/wiki/", "-r", PAGE, folder),
        ]
        for text in ("first", "second"):
            front = "" if text == "first" else page.read_text().partition("#")[0]
            page.write_text(f"{front}# From md2conf\n\nThe {text} text.\n\n![dot](dot.png)\n")

            def run() -> str:
                done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
                if done.returncode:
                    raise RuntimeError(done.stderr[-1500:])
                return done.stdout

            step(f"md2conf publish {text}", run)


_DOT = (
    "89504e470d0a1a0a0000000d4948445200000001000000010806000000 1f15c4890000000d49444154789c6360000002000001"
    "e221bc330000000049454e44ae426082"
).replace(" ", "")

jira_client()
confluence_client()
md2conf_publishes()
sys.exit(1 if FAILED else 0)
