"""Reads the decision in a comment, by an allow-list: what is not known to be harmless publishes nothing.

`comment_tree` and `wiki_tree` make blocks and runs of a comment, `harmless_words` holds the closed list of what may
stand beside an approval, `grammar` reads. Imports run in that order.
"""

from handlers.approval_handler.decision.comment_tree import people_mentioned
from handlers.approval_handler.decision.grammar import Reading, Said, read_comment, read_decision

__all__ = ["Reading", "Said", "people_mentioned", "read_comment", "read_decision"]
