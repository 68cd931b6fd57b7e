"""Which language model made something, with which prompt, and how many tokens that took."""

from __future__ import annotations

from dataclasses import dataclass, replace


@dataclass(frozen=True)
class ModelUse:
    """The record of a model's answers.

    ``model_id`` is the model that answered. ``prompt_version`` identifies the fixed part of the prompt, which is the
    system text and the tool; it changes exactly if one of them does. The tokens are those of all answers, also of
    invalid ones; an answer that Bedrock withheld or cut off is not counted.
    """

    model_id: str
    prompt_version: str
    input_tokens: int = 0
    output_tokens: int = 0

    def after(self, earlier: ModelUse | None) -> ModelUse:
        """Return this use with the tokens of an earlier one added."""
        if earlier is None:
            return self
        return replace(
            self,
            input_tokens=self.input_tokens + earlier.input_tokens,
            output_tokens=self.output_tokens + earlier.output_tokens,
        )

    def without_tokens(self) -> ModelUse:
        """Return this use for a draft that a program derived from the model's text."""
        return replace(self, input_tokens=0, output_tokens=0)


def made_by(chosen: ModelUse | None, drafted: ModelUse | None) -> str:
    """Return which models chose the page and drafted the text, as a phrase for people; ``""`` if unknown.

    ``chosen`` is None if no model chose the page, ``drafted`` for drafts of versions that did not record it.
    """
    if drafted is None:
        return f"page chosen by {chosen.model_id}" if chosen else ""
    if chosen is None:
        return f"drafted by {drafted.model_id}"
    if chosen.model_id == drafted.model_id:
        return f"chosen and drafted by {drafted.model_id}"
    return f"page chosen by {chosen.model_id}, drafted by {drafted.model_id}"
