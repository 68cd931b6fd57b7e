"""Edit Confluence pages without harming them.

`parse` reads storage format into blocks and keeps every byte; `outline` shows the page to a model as numbered
Markdown in which what has no Markdown form is an opaque token; `Page.apply` splices edits into the original
text; `rebase` applies them to a page that has moved on. `render` and `to_markdown` convert whole texts,
`without_unseen` removes invisible characters from new text.
"""

from common.storage_format.block_key import meaning
from common.storage_format.comparing import equivalent
from common.storage_format.edits import Change, Conflict, Delete, Edit, Edited, InsertAfter, Replace, Token
from common.storage_format.errors import InvalidEdit, MalformedStorage
from common.storage_format.external import external_addresses
from common.storage_format.outlining import Outline, outline
from common.storage_format.page import Block, Page, parse
from common.storage_format.plain import Section, plain_text, sections
from common.storage_format.reading import to_markdown
from common.storage_format.rebasing import rebase
from common.storage_format.rendering import render
from common.storage_format.unseen import without_unseen

__all__ = [
    "Block",
    "Change",
    "Conflict",
    "Delete",
    "Edit",
    "Edited",
    "InsertAfter",
    "InvalidEdit",
    "MalformedStorage",
    "Outline",
    "Page",
    "Replace",
    "Section",
    "Token",
    "equivalent",
    "external_addresses",
    "meaning",
    "outline",
    "parse",
    "plain_text",
    "rebase",
    "render",
    "sections",
    "to_markdown",
    "without_unseen",
]
