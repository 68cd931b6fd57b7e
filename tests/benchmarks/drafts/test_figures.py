"""The figures of drafts say what docs/quality.md says they do."""

from __future__ import annotations

import pytest

from benchmarks.drafts import report
from benchmarks.drafts.cases import Case
from benchmarks.drafts.chrf import chrf
from benchmarks.drafts.metrics import METRICS, Outcome, measure
from benchmarks.drafts.traps import traps

PAGE = "<p>It waits 10 seconds.</p><p>Second.</p><p>Third.</p><p>Fourth.</p><p>It keeps 8 copies.</p>"
WANTED = PAGE.replace("10 seconds", "20 seconds")


def case_of(after: str = WANTED) -> Case:
    return Case("case", "Title", PAGE, after, next(traps()).tickets)


def figures(storage: str | None, after: str = WANTED, calls: int = 1) -> dict[str, float | None]:
    return measure(case_of(after), Outcome(storage, calls))


@pytest.mark.parametrize(
    ("text", "reference", "value"),
    [
        ("the cat sat on the mat", "a cat sat on a mat", 55.11170308673565),
        ("Retries stop after 8 tries.", "Retries stop after 12 tries over 72 hours.", 53.725269005561046),
        ("ab", "abc", 63.636363636363626),
        ("x", "y", 0.0),
        ("再送は3回までです。", "再送は5回までです。", 54.41137566137567),
        ("", "abc", 0.0),
        ("a", "a", 100.0),
    ],
)
def test_chrf_is_that_of_sacrebleu(text: str, reference: str, value: float) -> None:
    """The values are those of sacreBLEU 2.5, `CHRF().sentence_score(text, [reference]).score`."""
    assert chrf(text, reference) == pytest.approx(value)


def test_authors_own_change_has_full_marks() -> None:
    wanted = dict.fromkeys(METRICS, 1.0) | {"retried": 0.0, "truth": 0.0}
    assert figures(WANTED) == wanted


def test_place_next_to_the_authors_counts_as_the_same() -> None:
    near, far = figures(PAGE.replace("Second", "2nd")), figures(PAGE.replace("8 copies", "9 copies"))
    assert near["place_precision"] == near["place_recall"] == near["restraint"] == 1.0
    assert far["place_precision"] == far["place_recall"] == far["restraint"] == 0.0


def test_restraint_weighs_places_by_changed_words() -> None:
    draft = WANTED.replace("<p>It keeps 8 copies.</p>", "<p>It keeps 8 copies of all.</p>")
    assert figures(draft)["place_precision"] == 0.5
    assert figures(draft)["restraint"] == 0.5


def test_fact_left_on_the_page_is_missed() -> None:
    """The author's 20 is there, but the 10 that it replaced is still there, too."""
    assert figures(PAGE.replace("10 seconds", "10 seconds, now 20 seconds"))["facts"] == 0.5


def test_fact_from_nowhere_is_untrue() -> None:
    assert figures(PAGE.replace("Second.", "Second, `--force`."))["truth"] == 0.0
    assert figures(PAGE.replace("Second.", "Second, 10."))["truth"] == 1.0


def test_draft_of_nothing_is_right_where_the_author_did_nothing() -> None:
    right, wrong = figures(PAGE, after=PAGE), figures(WANTED, after=PAGE)
    assert (right["decision"], right["restraint"]) == (1.0, 1.0)
    assert (wrong["decision"], wrong["restraint"], wrong["place_precision"]) == (0.0, 0.0, 0.0)


def test_failed_draft_has_no_marks() -> None:
    failed = figures(None, calls=2)
    assert (failed["valid"], failed["retried"], failed["decision"], failed["chrf"]) == (0.0, 0.0, 0.0, 0.0)
    assert failed["place_precision"] is None
    assert figures(WANTED, calls=2)["retried"] == 1.0


def test_gate_names_what_is_worse_than_two_points() -> None:
    mean = report.means([figures(WANTED), figures(PAGE)])
    assert mean["place_recall"].mean == 0.5
    assert report.worse(mean, {"place_recall": 0.515, "chrf": 0.0}) == []
    assert report.worse(mean, {"place_recall": 0.53}) == ["place_recall is 50.0%, and was 53.0%"]


def test_interval_holds_the_mean_and_is_always_the_same() -> None:
    results = [figures(WANTED), figures(PAGE), figures(WANTED)]
    mean = report.means(results)["place_recall"]
    assert mean.low <= mean.mean <= mean.high
    assert mean == report.means(results)["place_recall"]
