"""What libyaml composes is what ruamel.yaml composes, with the same places; it leaves the rest to ruamel.yaml."""

from __future__ import annotations

from textwrap import dedent
from unittest.mock import patch

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from engine import PolicyFaults
from engine.loading.libyaml import compose_plain
from engine.loading.yaml_reader import load_document
from tests.support.mistakes import SHIPPED

TEXTS = {name: content.decode() for name, content in sorted(SHIPPED.items())}
SIGNS = [
    *":-?#&*!|>'\"%@`{}[],\n\t\\ ~=<._0aé中𝄞",
    *("\n\n", "  ", "- ", ": ", ":\n", "? ", " #", "# ", "| ", ">-\n", "|\n  x\n", "\n- ", "---\n", "...", "- - a"),
    *("{}", "[]", "''", '""', "{a: b}", "{a:b}", "[a:b]", "'a':b", '"a":b', "{a}", "[a,]", "[a, , b]", "{,}"),
    *("!x ", "!!str ", "&a ", "*a", "<<: ", "yes", "0x1f", "017", "1:30", "null", "1e3", ".5", "+1", "2020-01-01"),
]  # fmt: skip


def read(text: str) -> object:
    """What a file says and where, or what is wrong with it."""
    try:
        document = load_document("file.yaml", text.encode())
    except PolicyFaults as faults:
        return [str(finding) for finding in faults.diagnostics]
    return repr(document.value), document.places, document.keys


def read_by_ruamel(text: str) -> object:
    with patch("engine.loading.libyaml.compose_plain", lambda *_: None):
        return read(text)


@st.composite
def edited(draw: st.DrawFn) -> str:
    """A few lines of a shipped file, with signs put in and taken out."""
    lines = draw(st.sampled_from(list(TEXTS.values()))).split("\n")
    first = draw(st.integers(0, len(lines) - 1))
    text = dedent("\n".join(lines[first : first + draw(st.sampled_from([1, 2, 4, 8, 20]))]))
    for _ in range(draw(st.integers(0, 4))):
        at = draw(st.integers(0, len(text)))
        gone = draw(st.sampled_from([0, 0, 1, 3]))
        text = text[:at] + draw(st.sampled_from(["", *SIGNS])) + text[at + gone :]
    return text


@pytest.mark.filterwarnings("ignore::ruamel.yaml.error.ReusedAnchorWarning")
@settings(max_examples=400)
@given(edited())
@example("taken: >#-")
@example("['a{}':ba]")
@example('reading: ["a":b]')
@example("[{a: b}:b]")
@example(">\n# Parameters of this country")
@example("&a b:\n&a   c:")
@example("|# no comment")
@example("? a\n: b")
@example("a: 1\n--- \nb: 2")
def test_what_libyaml_composes_is_what_ruamel_composes(text: str) -> None:
    assert read(text) == read_by_ruamel(text)


@pytest.mark.parametrize("name", TEXTS)
def test_the_shipped_files_are_composed_by_libyaml(name: str) -> None:
    text = TEXTS[name]
    assert compose_plain(text) is not None
    assert read(text) == read_by_ruamel(text)


@pytest.mark.parametrize("deep", ["[" * 10_000, "- " * 10_000 + "a", "{a: " * 10_000])
def test_what_is_nested_without_end_is_left_to_ruamel(deep: str) -> None:
    assert compose_plain(deep) is None


@pytest.mark.parametrize(
    "text", ["a: &x b", "a: *x", "a: !x b", "a: !!str b", "", "# nothing", "a: 1\n---\nb: 2", "a: ["]
)
def test_what_is_not_plain_is_left_to_ruamel(text: str) -> None:
    assert compose_plain(text) is None


def test_without_libyaml_ruamel_composes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("engine.loading.libyaml.CParser", None)
    assert compose_plain("a: b") is None
    assert read("a: b") == read_by_ruamel("a: b")
