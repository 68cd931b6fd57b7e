"""Page selection: search, ranking and the model's judgement. Imports nothing from the rest of this handler."""
