"""What the demo counts as unchanged: ids that Confluence renews are ignored, everything else counts."""

from local.demo.page_difference import difference

PAGE = (
    '<ac:layout><p local-id="a">One&nbsp;two.</p><ac:structured-macro ac:name="info" ac:macro-id="1">'
    "<ac:rich-text-body><p>Three</p></ac:rich-text-body></ac:structured-macro></ac:layout>"
)


def test_renewed_ids_are_no_difference() -> None:
    again = PAGE.replace('local-id="a"', 'local-id="b"').replace('macro-id="1"', 'macro-id="2"')
    found = difference(PAGE, again)
    assert (found.removed, found.added) == ((), ())


def test_added_sentence_is_one_passage() -> None:
    found = difference(PAGE, PAGE.replace("two.", "two. Four five."))
    assert (found.removed, found.added) == ((), ("Four", "five."))
    assert found.is_one_passage


def test_lost_macro_is_seen() -> None:
    assert not difference(PAGE, PAGE.replace('ac:name="info"', 'ac:name="note"')).is_one_passage


def test_two_places_are_more_than_one_passage() -> None:
    both = PAGE.replace("two.", "two. Four.").replace("Three", "Three more")
    assert not difference(PAGE, both).is_one_passage


def test_replaced_words_with_a_comment_mark_are_one_passage() -> None:
    mark = '<ac:inline-comment-marker ac:ref="1">two</ac:inline-comment-marker>'
    marked = PAGE.replace("two", mark)
    assert difference(marked, marked.replace(">two<", ">2<")).is_one_passage
    assert difference(marked, PAGE.replace("two", "more than two")).is_one_passage
    assert not difference(PAGE, PAGE.replace("Three", "Three</p><p>Four")).is_one_passage
