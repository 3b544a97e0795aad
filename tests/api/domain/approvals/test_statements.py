"""What officers state is one text, which is read back as it was written, and in no other form."""

from __future__ import annotations

import datetime as dt
from contextlib import suppress
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from api.domain.approvals.statements import (
    STATEMENTS,
    AnyOfficerStatement,
    ApprovalStatement,
    OfficerStatement,
    ProposalStatement,
    ProposalSubject,
    read_statement,
)
from api.signing.faults import SigningFault

HASHES = st.text("0123456789abcdef", min_size=64, max_size=64)
LINES = st.text(st.characters(codec="utf-8", exclude_categories=["Cc"]), min_size=1, max_size=50).filter(
    lambda text: text == text.strip() != "-"
)
TIMES = st.datetimes(timezones=st.just(dt.UTC))
MEMBERS = {
    "log": LINES,
    "officer": LINES,
    "at": TIMES,
    "holds_from": st.none() | st.dates(),
    "subject": st.sampled_from(ProposalSubject),
    "wish": LINES,
    "reason": LINES,
    "revoked": LINES,
    "evidence": st.none() | HASHES,
}


@st.composite
def statements(draw: st.DrawFn) -> AnyOfficerStatement:
    model = draw(st.sampled_from(STATEMENTS))
    return model(**{name: draw(MEMBERS.get(name, HASHES)) for name in model.model_fields})


@given(statements())
def test_what_is_stated_is_read_back(stated: AnyOfficerStatement) -> None:
    assert read_statement(stated.to_text()) == stated


@given(statements(), st.data())
def test_no_other_text_states_the_same(stated: AnyOfficerStatement, data: st.DataObject) -> None:
    text = stated.to_text()
    at = data.draw(st.integers(0, len(text) - 1))
    changed = text[:at] + data.draw(st.sampled_from(["", " ", "\n", "x", ": "])) + text[at + 1 :]
    with suppress(SigningFault):
        assert read_statement(changed) != stated or changed == text


def test_every_statement_can_be_read() -> None:
    assert set(get_args(AnyOfficerStatement)) == set(STATEMENTS)
    assert len({model.title for model in STATEMENTS}) == len(STATEMENTS)
    assert all(issubclass(model, OfficerStatement) for model in STATEMENTS)


@pytest.mark.parametrize("text", ["two\nlines", " padded", "padded ", "-", "", "bell\a"])
def test_a_member_is_one_line(text: str) -> None:
    sound = {"log": "l", "officer": "o", "at": dt.datetime.now(dt.UTC), "content": "0" * 64, "base": "1" * 64}
    with pytest.raises(ValidationError):
        ProposalStatement(**sound, subject=ProposalSubject.FLOOR, holds_from=None, wish=text)


@pytest.mark.parametrize(
    ("text", "part"),
    [
        ("channelgate: wish\n", "the first line names none of these"),
        ("channelgate: approval\n", "cannot be read: see log, officer"),
        ("channelgate: approval\nlog l\n", "no `name: value`"),
        ("channelgate: approval\nlog: l\nlog: l\n", "no `name: value`, or is there twice"),
    ],
)
def test_what_is_no_statement_is_named(text: str, part: str) -> None:
    with pytest.raises(SigningFault, match=part):
        read_statement(text)


def test_the_order_of_lines_is_fixed() -> None:
    stated = ApprovalStatement(
        log="l",
        officer="o",
        at=dt.datetime(2026, 11, 29, tzinfo=dt.UTC),
        proposal="0" * 64,
        content="1" * 64,
        base="2" * 64,
        evidence=None,
    )
    first, log, officer, *rest = stated.to_text().splitlines(keepends=True)
    assert (log, officer) == ("log: l\n", "officer: o\n")
    with pytest.raises(SigningFault, match="usual form"):
        read_statement("".join([first, officer, log, *rest]))
