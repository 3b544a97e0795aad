"""Which lines differ: every one that does is shown, with the right number, and nothing else counts as changed."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from api.domain.line_changes import LineKind, changed_lines, find_changes

TEXTS = st.lists(st.sampled_from(["a", "b", "", "  - c"]), max_size=30).map("\n".join)


@given(TEXTS, TEXTS)
def test_without_what_changes_both_texts_are_the_same(before: str, after: str) -> None:
    lines = [*changed_lines(before, after)]
    old, new = (text.split("\n") if text else [] for text in (before, after))
    removed = {one.before for one in lines if one.kind is LineKind.REMOVED}
    added = {one.after for one in lines if one.kind is LineKind.ADDED}
    assert [text for number, text in enumerate(old, 1) if number not in removed] == [
        text for number, text in enumerate(new, 1) if number not in added
    ]
    for one in lines:
        assert one.before is None or old[one.before - 1] == one.text
        assert one.after is None or new[one.after - 1] == one.text


def test_only_the_lines_around_a_change_are_shown() -> None:
    before = "\n".join(map(str, range(1, 101)))
    after = before.replace("\n20\n", "\nx\n").replace("\n80\n", "\n")
    shown = [(one.kind.sign, one.text) for one in changed_lines(before, after)]
    assert shown == [
        *((" ", str(number)) for number in range(17, 20)),
        ("−", "20"),
        ("+", "x"),
        *((" ", str(number)) for number in range(21, 24)),
        ("…", ""),
        *((" ", str(number)) for number in range(77, 80)),
        ("−", "80"),
        *((" ", str(number)) for number in range(81, 84)),
    ]


def test_files_that_are_new_or_gone_are_named() -> None:
    changes = find_changes({"a": "1", "b": "2", "c": "3"}, {"b": "2", "c": "4", "d": "5"})
    assert [(one.name, one.is_new, one.is_gone) for one in changes] == [
        ("a", False, True),
        ("c", False, False),
        ("d", True, False),
    ]
    assert [(one.added, one.removed) for one in changes] == [(0, 1), (1, 1), (1, 0)]
