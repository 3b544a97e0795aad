"""`policies fmt`: every policy file in one layout, and nothing of it lost.

Covers: engine.formatting.comments, engine.formatting.entries, engine.formatting.scalars
"""

import datetime as dt
import io
import os
import shutil
from pathlib import Path
from typing import Any

import pytest
from hypothesis import Phase, assume, example, given, settings
from hypothesis import strategies as st
from ruamel.yaml import YAML
from typer.testing import CliRunner, Result

from api.cli.main import app
from engine import PolicyFaults, lay_out, load_document
from tests.support.mistakes import SHIPPED, read_cases


def laid_out(text: str, file: str = "x.yaml") -> str:
    return lay_out(file, text.encode()).decode()


def fmt(*arguments: object) -> Result:
    return CliRunner().invoke(app, ["policies", "fmt", *map(str, arguments)])


# -- the layout ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("file", sorted(SHIPPED))
def test_shipped_files_are_laid_out_already(file: str) -> None:
    assert lay_out(file, SHIPPED[file]) == SHIPPED[file]


@pytest.mark.parametrize(
    ("written", "becomes"),
    [
        ("title: x\npolicy: y\n", "policy: y\ntitle: x\n"),
        ("# of the file\n\ntitle: x\npolicy: y\n", "# of the file\n\npolicy: y\ntitle: x\n"),
        ("policy: y\n# of the title\ntitle:   'x'   # so\n", "policy: y\n# of the title\ntitle: x  # so\n"),
        ("policy: '1964'\n", 'policy: "1964"\n'),
        ("policy: 'a \"b\": c'\n", "policy: 'a \"b\": c'\n"),
        ('policy: "a\\tb"\n', 'policy: "a\\tb"\n'),
        ("policy: a\n  b\n", "policy: a b\n"),
        ("policy: y\r\ntitle: x\r\n", "policy: y\ntitle: x\n"),
        ("policy: y\n\n\n\ntitle: x", "policy: y\n\ntitle: x\n"),
        ("policy: x\nscope:\n- {clause: [A],scope: x}\n", "policy: x\nscope:\n  - {scope: x, clause: [A]}\n"),
        ("scope: [ # c\n  a,\n  b ]\n", "scope:\n  # c\n  - a\n  - b\n"),
        ("scope:\n  - # c\n    scope: x\n    # d\n", "scope:\n  # c\n  - scope: x\n    # d\n"),
        ("policy: >- # c\n   a\n   b\n# d\n", "policy: >-  # c\n  a\n  b\n# d\n"),
        ("policy: |\n   a\n    b\n", "policy: |\n  a\n   b\n"),
        ("policy: >\n   a\n\n\n   b\n", "policy: >\n  a\n\n\n  b\n"),
        ("a: {}\nb: []\n", "a: {}\nb: []\n"),
        ("a:\n  - - b\n    - c\n  -\n    - d\n", "a:\n  - - b\n    - c\n  - - d\n"),
        ("---\n# c\na: b\n...\n", "# c\na: b\n"),
        ("a: b\n---\n", None),
    ],
)  # fmt: skip
def test_layout_of(written: str, becomes: str | None) -> None:
    if becomes is None:
        with pytest.raises(PolicyFaults):
            laid_out(written)
    else:
        assert laid_out(written) == becomes


def test_a_duty_stays_in_one_line_where_it_fits() -> None:
    duty = "{who: committee, must: record it, clause: S1.3}"
    written = f"policy: x\nrules:\n  - rule: y\n    duties:\n      - {duty}\n"
    assert laid_out(written) == written
    long = laid_out(written.replace("record it", "record it " + "and again " * 9 + "so"))
    assert "      - who: committee\n        must: record it and" in long


def test_a_long_condition_is_broken_before_and_and_or() -> None:
    parts = ['item.legacy_list == "pending"', 'item.channel.inclusion in ["included", "refused"]'] * 2
    text = laid_out(f"policy: x\nrules:\n  - rule: y\n    when: {' and '.join(parts)}\n")
    assert "    when: >-\n      item.legacy_list" in text
    assert all(line.strip().startswith(("item.", "and ")) for line in text.splitlines()[4:])


def test_lines_that_the_author_broke_stay_where_they_fit() -> None:
    written = "policy: x\nrules:\n  - rule: y\n    when: >-\n      a\n      and b\n"
    assert laid_out(written) == written


# -- nothing is lost -----------------------------------------------------------------------------------------

SIGNS = st.sampled_from(list("ab '\"#:,-[]{}&*!|>%@`?\\\n\t1é\u00a0\u2028\ufeff\U0001d11e"))
WORDS = st.text(st.one_of(SIGNS, st.characters(codec="utf-8")), max_size=12)
LONG = st.lists(st.sampled_from(["hand", "nothing", "over:", "#5", '"x"', "{counterpart}"]), max_size=60).map(
    " ".join
)
VALUES = st.one_of(WORDS, LONG, st.booleans(), st.integers(-99, 99), st.dates(min_value=dt.date(1000, 1, 1)))
KEYS = st.one_of(
    st.sampled_from(["policy", "title", "rules", "rule", "when", "duties", "who", "must"]), WORDS
)
TREES = st.recursive(
    VALUES,
    lambda inner: st.one_of(st.lists(inner, max_size=4), st.dictionaries(KEYS, inner, max_size=4)),
    max_leaves=12,
)
FILES = st.dictionaries(KEYS, TREES, min_size=1, max_size=5)


def written_by_others(content: Any, width: int, flow: bool | None, indent: int) -> str:
    yaml = YAML(typ="safe", pure=True)
    yaml.width, yaml.default_flow_style = width, flow
    yaml.indent(mapping=indent, sequence=indent, offset=max(0, indent - 2))
    stream = io.StringIO()
    yaml.dump(content, stream)
    return stream.getvalue()


def with_comments(text: str, places: list[tuple[float, int, bool]]) -> str:
    """The text with comments, each in a line of its own set in by some columns, or at the end of a line."""
    lines = text.split("\n")
    for number, (place, indent, alone) in enumerate(places):
        at = int(place * len(lines))
        if alone:
            lines.insert(at, f"{' ' * indent}# remark {number};")
        else:
            lines[at] += f" # remark {number};"
    return "\n".join(lines)


def same(one: Any, other: Any) -> bool:
    return repr(sorted_keys(one)) == repr(sorted_keys(other))


def sorted_keys(value: Any) -> Any:
    if isinstance(value, dict):
        return sorted((key, sorted_keys(inner)) for key, inner in value.items())
    return [sorted_keys(inner) for inner in value] if isinstance(value, list) else value


def check_nothing_is_lost(text: str, comments: int) -> None:
    try:
        before = load_document("x.yaml", text.encode())
    except PolicyFaults:
        assume(False)
        return
    assume(isinstance(before.value, dict))
    inside = sum(f"# remark {number};" in str(before.value) for number in range(comments))
    after = laid_out(text)
    assert same(before.value, load_document("x.yaml", after.encode()).value)
    assert laid_out(after) == after
    assert inside or all(after.count(f"# remark {number};") == 1 for number in range(comments))
    assert not any(line != line.rstrip() for line in after.split("\n") if "remark" in line)


QUICK = [Phase.explicit, Phase.reuse, Phase.generate]
"""Without shrinking, which takes minutes for texts like these."""

PLACES = st.lists(st.tuples(st.floats(0, 1, exclude_max=True), st.integers(0, 8), st.booleans()), max_size=6)


@settings(max_examples=150, phases=QUICK)
@given(FILES, st.sampled_from([20, 80, 200]), st.sampled_from([None, True, False]), st.integers(2, 4), PLACES)
def test_any_file_with_any_comments_comes_through(
    content: Any, width: int, flow: bool | None, indent: int, places: list[tuple[float, int, bool]]
) -> None:
    check_nothing_is_lost(with_comments(written_by_others(content, width, flow, indent), places), len(places))


@settings(max_examples=30, phases=QUICK)
@given(st.sampled_from(sorted(SHIPPED)), PLACES)
@example("korea.yaml", [(0.3, 4, False), (0.9, 8, True)])
def test_any_comment_in_a_shipped_file_comes_through(
    file: str, places: list[tuple[float, int, bool]]
) -> None:
    check_nothing_is_lost(with_comments(SHIPPED[file].decode(), places), len(places))


# The directive is left out for its size; its mistakes are of the same sorts.
MISTAKEN = [
    (case.name, file, content)
    for case in read_cases()
    for file, content in case.folder().items()
    if content != SHIPPED.get(file) and file != "directive.yaml" and len(content) < 100_000
]


@pytest.mark.parametrize(("name", "file", "content"), MISTAKEN, ids=[name for name, _, _ in MISTAKEN])
def test_a_mistaken_file_is_laid_out_too_or_refused_for_its_form(
    name: str, file: str, content: bytes
) -> None:
    try:
        before = load_document(file, content).value
    except PolicyFaults:
        with pytest.raises(PolicyFaults):
            lay_out(file, content)
    else:
        assert same(load_document(file, lay_out(file, content)).value, before)


# -- the command ---------------------------------------------------------------------------------------------


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    shutil.copytree(Path(__file__).parents[3] / "policies", tmp_path / "policies")
    return tmp_path / "policies"


def untidy(folder: Path) -> Path:
    file = folder / "cuba.yaml"
    file.write_text(
        file.read_text().replace("title: Missions from Cuba", "title:   'Missions from Cuba' # so")
    )
    return file


def test_only_files_that_change_are_written(folder: Path) -> None:
    file = untidy(folder)
    file.chmod(0o640)
    os.utime(folder / "korea.yaml", (0, 0))
    result = fmt(folder)
    assert result.exit_code == 0
    assert result.output == f"laid out {file}\n1 changed, 15 as they were\n"
    assert "title: Missions from Cuba  # so\n" in file.read_text()
    assert file.stat().st_mode & 0o777 == 0o640
    assert (folder / "korea.yaml").stat().st_mtime == 0
    assert {path.suffix for path in folder.iterdir()} <= {".yaml", ".json"}
    assert fmt(folder).output == "0 changed, 16 as they were\n"


@pytest.mark.parametrize("option", ["--check", "--diff"])
def test_what_would_change_is_reported_and_nothing_written(folder: Path, option: str) -> None:
    assert fmt(folder, option).exit_code == 0
    before = untidy(folder).read_bytes()
    result = fmt(folder, option)
    assert result.exit_code == 1
    assert "cuba.yaml" in result.output
    assert (folder / "cuba.yaml").read_bytes() == before
    if option == "--diff":
        assert "+title: Missions from Cuba  # so\n" in result.output


def test_a_file_that_cannot_be_read_stays_and_the_others_are_laid_out(folder: Path) -> None:
    file = untidy(folder)
    broken = folder / "korea.yaml"
    broken.write_text(broken.read_text() + "\tx: y\n")
    before = broken.read_bytes()
    result = fmt(folder)
    assert result.exit_code == 2
    assert "korea.yaml:" in result.output
    assert "Y05" in result.output
    assert broken.read_bytes() == before
    assert "title: Missions from Cuba  # so\n" in file.read_text()


def test_a_link_stays_a_link(folder: Path, tmp_path: Path) -> None:
    file = untidy(folder)
    file.rename(tmp_path / "elsewhere.yaml")
    file.symlink_to(tmp_path / "elsewhere.yaml")
    assert fmt(folder).exit_code == 0
    assert file.is_symlink()
    assert "title: Missions from Cuba  # so\n" in (tmp_path / "elsewhere.yaml").read_text()
