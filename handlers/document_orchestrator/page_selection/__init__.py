"""Page selection: search, ranking and the model's judgement.

Of the rest of this handler it imports only `prompt_text`, `title_rules` and `writable_spaces`.
"""
