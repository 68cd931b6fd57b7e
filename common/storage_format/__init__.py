"""Edit Confluence pages in storage format without changing anything outside the edited blocks.

`parse` reads storage format into blocks and keeps every byte. `outline` shows the page to a model as numbered
Markdown; content without a Markdown form becomes an opaque token. `apply(page, edits)` splices edits into the
original text; `rebase` applies them to a newer version of the page; `restores` returns the edits that take a version
back. `render` and `to_markdown` convert whole texts,
`table_faults` finds table rows with too many cells, `strip_invisible` removes invisible characters from new text.
"""

from common.storage_format.editing.apply import apply
from common.storage_format.editing.preserve_invisible import strip_invisible
from common.storage_format.editing.rebase import rebase
from common.storage_format.editing.restore import rebase_restores, restores
from common.storage_format.edits import (
    BlockChange,
    Delete,
    Edit,
    EditConflict,
    Edited,
    InsertAfter,
    PageEdit,
    Replace,
    Restore,
    Token,
)
from common.storage_format.errors import InvalidEdit, MalformedStorage
from common.storage_format.from_markdown.render import render, table_faults
from common.storage_format.page.outline import Outline, outline
from common.storage_format.page.page import Block, Page, parse
from common.storage_format.page.plain_text import Section, plain_text, sections
from common.storage_format.to_markdown.reader_view import to_markdown
from common.storage_format.xml.block_key import content_fingerprint
from common.storage_format.xml.equivalence import equivalent
from common.storage_format.xml.external_addresses import external_addresses
from common.storage_format.xml.fragile_content import Fragile, FragileContent, fragile_content

__all__ = [
    "Block",
    "BlockChange",
    "Delete",
    "Edit",
    "EditConflict",
    "Edited",
    "Fragile",
    "FragileContent",
    "InsertAfter",
    "InvalidEdit",
    "MalformedStorage",
    "Outline",
    "Page",
    "PageEdit",
    "Replace",
    "Restore",
    "Section",
    "Token",
    "apply",
    "content_fingerprint",
    "equivalent",
    "external_addresses",
    "fragile_content",
    "outline",
    "parse",
    "plain_text",
    "rebase",
    "rebase_restores",
    "render",
    "restores",
    "sections",
    "strip_invisible",
    "table_faults",
    "to_markdown",
]
