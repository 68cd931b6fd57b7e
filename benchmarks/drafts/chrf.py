"""chrF: how near a text is to another by its groups of characters, from 0 to 100.

Popović 2015, https://aclanthology.org/W15-3049/: the F score with beta 2 over the character n-grams of length 1 to 6,
without white space, as sacreBLEU computes it for a sentence (`CHRF()`; tests hold its values).
"""

from __future__ import annotations

from collections import Counter

LONGEST = 6
BETA = 2


def chrf(text: str, reference: str) -> float:
    """Return the chrF of a text against one reference."""
    text, reference = "".join(text.split()), "".join(reference.split())
    precisions, recalls = [], []
    for length in range(1, LONGEST + 1):
        ours, theirs = _groups(text, length), _groups(reference, length)
        if not ours or not theirs:
            continue
        same = (ours & theirs).total()
        precisions.append(same / ours.total())
        recalls.append(same / theirs.total())
    if not precisions or not any(precisions):
        return 0.0
    precision, recall = sum(precisions) / len(precisions), sum(recalls) / len(recalls)
    return 100 * (1 + BETA**2) * precision * recall / (BETA**2 * precision + recall)


def _groups(text: str, length: int) -> Counter[str]:
    return Counter(text[at : at + length] for at in range(len(text) - length + 1))
