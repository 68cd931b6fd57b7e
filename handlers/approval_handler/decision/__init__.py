"""Reads the decision in a comment with an allow-list: an approval with any text that is not listed publishes nothing.

`comment_tree` and `wiki_tree` turn a comment into blocks and runs, `harmless_words` is the closed list of the text
that is allowed beside an approval, and `grammar` reads the decision. Imports run in that order.
"""

from handlers.approval_handler.decision.comment_tree import people_mentioned
from handlers.approval_handler.decision.grammar import (
    CommentDecision,
    ParsedComment,
    read_comment,
    read_decision,
)

__all__ = ["CommentDecision", "ParsedComment", "people_mentioned", "read_comment", "read_decision"]
