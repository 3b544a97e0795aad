"""Characters by which a file means something else than it shows, where the mistakes of tests/data do not reach."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine import PolicyFaults, Severity, load_document, load_policies, load_recorded_policies
from engine.loading.characters import MOST_FINDINGS
from tests.support.mistakes import SHIPPED


def faults_of(text: str) -> list[str]:
    """The places and codes of what is found in a file."""
    try:
        load_document("file.yaml", text.encode())
    except PolicyFaults as faults:
        return [f"{fault.place.line}:{fault.place.column} {fault.code}" for fault in faults.diagnostics]
    return []


def with_title(title: str) -> dict[str, bytes]:
    content = SHIPPED["albania.yaml"].replace(b"title: Missions from Albania", f"title: {title}".encode())
    return {**SHIPPED, "albania.yaml": content}


@pytest.mark.parametrize("title", ["Missions\u00a0from Albania", '"Missions\\u200b"', "Mu\u0308ller"])
def test_a_recorded_set_is_decided_by_again_and_never_becomes_active(title: str) -> None:
    files = with_title(title)
    (remark,) = load_recorded_policies(files).hints
    assert remark.severity is Severity.HINT
    with pytest.raises(PolicyFaults) as refused:
        load_policies(files)
    assert refused.value.diagnostics == (remark,)


@pytest.mark.parametrize("title", ["Missions\u200bfrom Albania", "\ue000"])
def test_what_was_refused_always_is_refused_of_a_recorded_set_too(title: str) -> None:
    with pytest.raises(PolicyFaults, match="Y14"):
        load_recorded_policies(with_title(title))


@pytest.mark.parametrize(
    "text",
    [
        "a: ü é 中文 한글 हिन्दी עברית 😀",
        "a: b\r\nc: d\r\n",
        '"a\\tb": "c\\nd \\u00e9 \\\\u200b"',
        "'a': '\\u200b'",
        "a: \\u200b",
    ],
)
def test_what_shows_as_what_it_is_is_no_fault(text: str) -> None:
    assert faults_of(text) == []


def test_a_key_is_looked_at_like_a_value() -> None:
    assert faults_of('"a\\u200b": b\n? "\\xad"\n: c') == ["1:3 Y19", "2:4 Y19"]


def test_what_joins_across_an_escape_is_found() -> None:
    assert faults_of('a: "u\\u0308"') == ["1:6 Y19"]


def test_of_many_the_last_that_is_named_says_how_many_follow() -> None:
    with pytest.raises(PolicyFaults) as refused:
        load_document("file.yaml", ("a: b" + "\u00a0" * (MOST_FINDINGS + 7)).encode())
    *others, last = refused.value.diagnostics
    assert len(others) == MOST_FINDINGS - 1
    assert last.message.endswith(", and 7 more follow")
    assert not any("follow" in other.message for other in others)


@given(
    st.text(
        st.characters(exclude_categories=["Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp", "Zs"]),
        min_size=1,
        max_size=6,
    )
)
def test_whatever_is_not_in_its_canonical_form_is_named_with_that_form(text: str) -> None:
    line = f"a: 'x{text.replace(chr(39), '')}'"
    codes = {fault.partition(" ")[2] for fault in faults_of(line)}
    assert ("Y20" in codes) is not unicodedata.is_normalized("NFC", line)
