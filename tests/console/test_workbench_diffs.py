"""What a draft changes, line by line and word by word.

Covers: api.console.workbench.diffs
"""

from api.console.workbench.diffs import compare_files, mark_words
from api.domain.line_changes import LineKind

PRESENT = {"a.yaml": b"one: 1\ntwo: 2\nthree: 3\n", "b.yaml": b"x: 1\n"}


def test_lines_come_and_go_with_the_words_that_differ() -> None:
    (diff,) = compare_files(PRESENT, {"a.yaml": "one: 1\ntwo: 22\nthree: 3\n"})
    assert (diff.change.added, diff.change.removed, diff.change.is_new, diff.change.is_gone) == (
        1,
        1,
        False,
        False,
    )
    assert [(line.kind.sign, "".join(text for text, _ in line.pieces)) for line in diff.lines] == [
        ("…", ""),
        (" ", "one: 1"),
        ("−", "two: 2"),
        ("+", "two: 22"),
        (" ", "three: 3"),
        (" ", ""),
    ]
    (gone,) = (line.pieces for line in diff.lines if line.kind is LineKind.REMOVED)
    assert [text for text, differs in gone if differs] == ["2"]


def test_files_are_new_or_deleted() -> None:
    diffs = compare_files(PRESENT, {"b.yaml": None, "c.yaml": "y: 1\n"})
    assert [(one.change.name, one.change.is_new, one.change.is_gone) for one in diffs] == [
        ("b.yaml", False, True),
        ("c.yaml", True, False),
    ]


def test_a_long_change_is_cut() -> None:
    (diff,) = compare_files(PRESENT, {"a.yaml": "\n".join(f"k{n}: {n}" for n in range(2000))})
    assert diff.is_cut
    assert diff.change.added == 2000


def test_only_what_differs_is_marked() -> None:
    gone, added = mark_words("give it to you here", "hand it to you there")
    assert [text for text, differs in gone if differs] == ["give", "here"]
    assert [text for text, differs in added if differs] == ["hand", "there"]
