"""Reads the decision in a comment with an allow-list: an approval with text that is not listed publishes nothing.

`comment_tree` and `wiki_tree` turn a comment into blocks and runs, `harmless_words` lists the text that an approval may
contain, `read_comment` reads the decision, and `deciding_comment` finds the comment that decides. Imports run in that
order.
"""

from handlers.approval_handler.decision.comment_tree import people_mentioned
from handlers.approval_handler.decision.read_comment import (
    CommentDecision,
    ParsedComment,
    read_comment,
    read_decision,
)

__all__ = ["CommentDecision", "ParsedComment", "people_mentioned", "read_comment", "read_decision"]
