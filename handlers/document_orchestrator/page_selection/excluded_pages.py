"""Excludes pages that never take documentation: templates, dated records, and indexes of other pages."""

from __future__ import annotations

import re

from common.atlassian.confluence_client import ConfluencePage

# “Template: runbook”, “[Template] Runbook”, “Runbook (template)”, “TEMPLATE - Runbook”; not “Export templates”.
_TEMPLATE_TITLE = re.compile(
    r"^\W*template\s*[:\-–—]|^\W*template\W*$|[\[(<]\s*(?:page\s+)?template\s*[\])>]", re.I
)
_TEMPLATE_FOLDER = re.compile(r"^(?:page |document )?templates?$", re.I)
# Placeholders are no sign of one: the editor keeps those that were never filled in.
_TEMPLATE_MARKUP = re.compile(r"<at:(?:declarations|var)\b")
# Records of one day or version are not kept up to date: minutes, retrospectives, release notes. Without a date, version
# or number in the title, the page is about all of them.
_DATED_TITLE = re.compile(r"^\W*\d{4}-\d{2}-\d{2}\b|\b\d{4}-\d{2}-\d{2}\W*$")
_RECORD_TITLE = re.compile(
    r"\b(?:meeting|sprint|retro) (?:notes|minutes)\b|\bretrospective\b|\brelease notes\b|\bchange ?log\b"
    r"|\bwhat['’]s new\b",
    re.I,
)
_DATE_OR_VERSION = re.compile(
    r"\d|\b(?:jan(?:uary)?|feb(?:ruary)?|march|april|june|july|aug(?:ust)?|sept(?:ember)?|oct(?:ober)?|nov(?:ember)?"
    r"|dec(?:ember)?)\b",
    re.I,
)
_LISTING_MACRO = re.compile(
    r'ac:name="(?:children|pagetree|contentbylabel|content-report-table|detailssummary|recently-updated|index|'
    r'list-pages|blog-posts|pagetreesearch|livesearch|space-index)"'
)
_LINK = re.compile(r"<ac:link\b.*?</ac:link>|<a\b.*?</a>", re.DOTALL)
_TAG = re.compile(r"<[^>]*>")
_CDATA_ENDS = re.compile(r"<!\[CDATA\[|\]\]>")
_MACRO_PARAMETER = re.compile(r"<ac:parameter\b.*?</ac:parameter>", re.DOTALL)
_WORD = re.compile(r"\w+")

#: A page with at most this many words of its own per link is an index.
OWN_WORDS_PER_LINK = 3
_FEWEST_LINKS = 4
_FEW_OWN_WORDS = 60


def reason_to_exclude(page: ConfluencePage, path: tuple[str, ...] = ()) -> str | None:
    """Return why a page cannot be a candidate, or None; ``path`` holds the titles of its ancestors."""
    if page.status != "current":
        return f"it is {page.status or 'not current'}"
    if _TEMPLATE_TITLE.search(page.title) or any(map(_TEMPLATE_FOLDER.match, path)):
        return "it is a template"
    if _TEMPLATE_MARKUP.search(page.storage):
        return "it is a template"
    if _is_record(page.title):
        return "its title has a date or version, so it is a record that is not kept up to date"
    if _is_index(page.storage):
        return "it lists other pages"
    return None


def _is_record(title: str) -> bool:
    is_record = _RECORD_TITLE.search(title) is not None and _DATE_OR_VERSION.search(title) is not None
    return is_record or _DATED_TITLE.search(title) is not None


def _is_index(storage: str) -> bool:
    lists = _LISTING_MACRO.search(storage) is not None
    links = len(_LINK.findall(storage))
    if not lists and links < _FEWEST_LINKS:
        return False
    own = _MACRO_PARAMETER.sub(" ", _LINK.sub(" ", storage))
    own_words = len(_WORD.findall(_TAG.sub(" ", _CDATA_ENDS.sub(" ", own))))
    return own_words <= (_FEW_OWN_WORDS if lists else OWN_WORDS_PER_LINK * links)
