"""Finds edits that write a block anew for a ticket that says little: most of what the block said is likely still true.

The model is asked once to keep those sentences. It decides: a second answer is taken as it is.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from common import storage_format as sf
from handlers.document_orchestrator.drafting.draft_sources import DraftSources, words_of

#: A ticket of at most so many words is small.
SMALL_TICKET = 100
#: Blocks of fewer words are not looked at: there is little to keep.
MIN_WORDS = 20
#: The share of a block's words that an edit keeps, unless it rewrites the block.
KEPT = 0.5


def rewriting_fault(page: sf.Page, edits: Sequence[sf.Edit], sources: DraftSources) -> str:
    """Return the message for edits that rewrite most of a block for a small ticket; ``""`` if none does.

    A reviewer's feedback may ask for just that, so with feedback there is none.
    """
    if sources.feedback or sources.word_count() > SMALL_TICKET:
        return ""
    rewritten = [edit.block_id for edit in edits if isinstance(edit, sf.Replace) and _rewrites(page, edit)]
    if not rewritten:
        return ""
    numbers = ", ".join(f"[{page.number(block_id) + 1}]" for block_id in dict.fromkeys(rewritten))
    return (
        f"most of the text of {numbers} is replaced, but the tickets say little: keep the sentences that are still "
        "true, word for word, and change only what the tickets made wrong"
    )


def _rewrites(page: sf.Page, edit: sf.Replace) -> bool:
    if page.box(edit.block_id) is not None or page.block(edit.block_id).kind == "code":
        return False
    old = words_of(page.markdown(page.number(edit.block_id)))
    kept = Counter(old) & Counter(words_of(edit.markdown))
    return len(old) >= MIN_WORDS and kept.total() < KEPT * len(old)
