"""A policy author's mistake never opens the gate: it is found, at the right place, and reported in plain words.

Covers: engine.checking.assembly, engine.checking.authzen, engine.checking.clashes, engine.checking.editions,
engine.checking.hints,
engine.checking.names, engine.checking.parameters, engine.checking.rules, engine.checking.shape,
engine.checking.terms, engine.loading.yaml_reader
"""

from __future__ import annotations

import datetime as dt
import re
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine import PolicyFaults, Severity, is_remark, load_policies
from engine.checking.cache import forget_everything
from engine.language.errors import FaultCode
from tests.support.mistakes import FIRST_DAY, ROOT, SHIPPED, Case, read_cases

CASES = list(read_cases())
CODE = re.compile(r"\b[YPVMRCXHLGTZ]\d\d\b")


def findings_of(files: dict[str, bytes], day: dt.date = FIRST_DAY) -> tuple[list[str], bool]:
    """All that is reported of a folder, and whether it was refused."""
    try:
        hints = load_policies(files).hints_on(day)
    except PolicyFaults as faults:
        return [str(finding) for finding in faults.diagnostics], True
    assert all(hint.severity is Severity.HINT for hint in hints)
    return [str(hint) for hint in hints], False


def codes_in(text: str) -> set[str]:
    return set(CODE.findall(text))


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_mistake_is_refused_and_reported_in_full(case: Case) -> None:
    expected = case.expected()
    is_fault = not all(is_remark(finding["is"][:3]) for finding in case.findings)
    assert findings_of(case.folder(), case.as_of) == (expected, is_fault)


def test_shipped_policies_have_nothing_to_remark() -> None:
    assert findings_of(dict(SHIPPED)) == ([], False)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_every_finding_has_a_remedy_and_no_word_of_the_program(case: Case) -> None:
    for finding in case.findings:
        assert re.fullmatch(r"(?s)[A-Z]\d\d \S.*; \S.*", finding["is"])
        words = re.sub("`[^`]*`", "", finding["is"])
        assert not re.search(
            r"\b(str|int|float|bool|dict|None|True|False|NoneType|Decimal|datetime|scalar|mapping|sequence|"
            r"Traceback|pydantic|ruamel|token)\b",
            words,
        )


@pytest.mark.parametrize(
    "name",
    ["a number that would fill the memory", "a condition too long", "a condition too deep", "levels without end",
     "aliases that multiply", "a huge file"],
)  # fmt: skip
def test_excess_is_answered_at_once(name: str) -> None:
    folder = next(case for case in CASES if case.name == name).folder()
    forget_everything()
    began = time.process_time()
    findings_of(folder)
    assert time.process_time() - began < 20  # seconds of work


# -- the list of checks --------------------------------------------------------------------------------------

PARAGRAPHS = (ROOT / "docs" / "reference" / "checks.md").read_text()
DESCRIBED = re.findall(r"^\*\*([A-Z]\d\d)\*\*", PARAGRAPHS, re.MULTILINE)
ENGINE_CODES = {
    code
    for path in (ROOT / "engine").rglob("*.py")
    for code in re.findall(r'"([YPVMRXHTZ]\d\d)"', path.read_text())
} | {str(code) for code in FaultCode}
FOLDER_CODES = {
    code for path in (ROOT / "api").rglob("*.py") for code in re.findall(r'"([LG]\d\d)"', path.read_text())
}
FLOOR_CODES = {
    code for path in (ROOT / "engine").rglob("*.py") for code in re.findall(r'"(G\d\d)"', path.read_text())
}


def test_every_check_has_its_paragraph_once_and_none_is_made_up() -> None:
    assert sorted(DESCRIBED) == sorted(ENGINE_CODES | FOLDER_CODES | FLOOR_CODES)


def test_paragraphs_speak_only_of_checks_there_are() -> None:
    assert codes_in(PARAGRAPHS) == set(DESCRIBED)


def test_every_paragraph_has_a_bad_example_and_a_remedy() -> None:
    for paragraph in re.split(r"^(?=\*\*[A-Z]\d\d\*\*)", PARAGRAPHS, flags=re.MULTILINE)[1:]:
        assert "Bad: " in paragraph, paragraph
        assert "Remedy: " in paragraph, paragraph


@pytest.mark.parametrize("code", sorted(ENGINE_CODES))
def test_every_check_has_a_mistake_that_it_finds(code: str) -> None:
    assert any(finding["is"].startswith(f"{code} ") for case in CASES for finding in case.findings)


@pytest.mark.parametrize("code", list(FaultCode))
def test_paragraph_of_a_condition_check_opens_with_its_meaning(code: FaultCode) -> None:
    assert f"**{code}** {code.meaning}" in PARAGRAPHS


# -- what nobody thought of ----------------------------------------------------------------------------------

FILES = st.sampled_from(sorted(SHIPPED))
POSITION = st.floats(0, 1, exclude_max=True)
SIGNS = st.one_of(st.sampled_from(list("\"'{}[]()&*!|>%@#:-,.=<~? \t\n\r\0\u00a0\u202e“é0")), st.characters())


def check_loads_or_is_refused(file: str, content: bytes) -> None:
    try:
        policies = load_policies({**SHIPPED, file: content})
    except PolicyFaults as faults:
        for finding in faults.diagnostics:
            lines = {**SHIPPED, file: content}.get(finding.place.file, b"").split(b"\n")
            assert 1 <= finding.place.line <= len(lines)
            assert 1 <= finding.place.column <= len(lines[finding.place.line - 1]) + 1
            assert finding.message
            assert finding.remedy
    else:
        assert all(hint.severity is Severity.HINT for hint in policies.hints)


@settings(max_examples=60, deadline=5_000)
@given(FILES, POSITION, SIGNS, st.sampled_from(["insert", "replace", "delete"]))
def test_any_single_slip_of_the_pen_loads_or_is_refused(
    file: str, position: float, sign: str, slip: str
) -> None:
    text = SHIPPED[file].decode()
    at = int(position * len(text))
    put, rest = ("", at + 1) if slip == "delete" else (sign, at + (slip == "replace"))
    check_loads_or_is_refused(file, (text[:at] + put + text[rest:]).encode("utf-8", "surrogatepass"))


@settings(max_examples=40, deadline=5_000)
@given(FILES, POSITION, POSITION, st.sampled_from(["drop", "double", "move", "indent"]))
def test_any_line_lost_or_moved_loads_or_is_refused(file: str, one: float, other: float, slip: str) -> None:
    lines = SHIPPED[file].decode().split("\n")
    at, to = int(one * len(lines)), int(other * (len(lines) - 1))
    line = lines.pop(at)
    match slip:
        case "double":
            lines[at:at] = [line, line]
        case "move":
            lines.insert(to, line)
        case "indent":
            lines.insert(at, f" {line}")
    check_loads_or_is_refused(file, "\n".join(lines).encode())


@settings(max_examples=60, deadline=5_000)
@given(FILES, POSITION)
def test_any_file_cut_short_loads_or_is_refused(file: str, position: float) -> None:
    content = SHIPPED[file]
    check_loads_or_is_refused(file, content[: int(position * len(content))])


@settings(max_examples=60, deadline=5_000)
@given(FILES, st.binary(max_size=200))
def test_any_bytes_load_or_are_refused(file: str, content: bytes) -> None:
    check_loads_or_is_refused(file, content)
