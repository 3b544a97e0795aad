"""Conditions as text: each fault names the mistake, its place and the cure; any text is a condition or has faults.

Covers: engine.language.lexer, engine.language.syntax, engine.language.typecheck
"""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.language.errors import ConditionFault, ConditionFaults, FaultCode
from engine.language.expression_text import describe
from engine.language.expressions import evaluate
from engine.language.rule_engine_parser import MAX_DEPTH, MAX_LENGTH, MAX_TOKENS
from tests.support.vocabulary import VOCABULARY, parse

CODE = FaultCode
REFUSED: list[tuple[str, FaultCode, str, str]] = [
    ("", CODE.EMPTY, "", "write what must hold"),
    (" \n", CODE.EMPTY, " \n", "write what must hold"),
    ("trigger and urgent", CODE.NOT_TRUTH, "trigger", 'trigger == "ad_hoc_request"'),
    ("not mission.country", CODE.NOT_TRUTH, "mission.country", "a text in quotes"),
    ("item.quantity", CODE.NOT_TRUTH, "item.quantity", "a number without quotes"),
    ("urgent ? as_of : {first_day}", CODE.NOT_TRUTH, "urgent ? as_of : {first_day}", "a date"),
    ('"sample"', CODE.NOT_TRUTH, '"sample"', "the fact it is compared with"),
    ('trigger == "ad_hoc_request" or "host_offer"', CODE.ALTERNATIVE, '"host_offer"',
     'write trigger in ["ad_hoc_request", "host_offer"]'),
    ('mission.country != "KP" and ("AL")', CODE.ALTERNATIVE, '("AL")', 'mission.country not in ["KP", "AL"]'),
    ("mission.country == 5", CODE.KINDS, "5", "a text in quotes"),
    ('urgent == "true"', CODE.KINDS, '"true"', "`true` or `false`"),
    ('as_of >= "1965-01-01"', CODE.KINDS, '"1965-01-01"', 'd"1965-01-01"'),
    ("trigger == item.kind", CODE.KINDS, "trigger == item.kind", "one of its choices"),
    ("trigger == mission.country", CODE.KINDS, "trigger == mission.country", "one of its choices"),
    ("urgent ? urgent : 1", CODE.KINDS, "1", "`true` or `false`"),
    ('t"P1D" == t"P1D"', CODE.KINDS, 't"P1D" == t"P1D"', "after a date"),
    ('trigger in ["ad_hoc_request", 5]', CODE.KINDS, "5", "one of its choices"),
    ('mission.country in ("KP")', CODE.LIST, '("KP")', 'mission.country in ["KP"]'),
    ('mission.country in ("KP", "AL")', CODE.LIST, "(", "square brackets"),
    ('mission.country in "KP"', CODE.LIST, '"KP"', "square brackets"),
    ("mission.country in []", CODE.LIST, "[]", "square brackets"),
    ("item.quantity in [1, {next_session}]", CODE.LIST, "{next_session}", "item.quantity == {next_session}"),
    ("[1] == 1", CODE.LIST, "[1]", "in [...]"),
    ("$now > as_of", CODE.CONSTRUCT, "$now", "as_of"),
    ("$any([urgent])", CODE.CONSTRUCT, "$any", "fact"),
    ('mission.country.starts_with("K")', CODE.CONSTRUCT, 'mission.country.starts_with("K")', "facts themselves"),
    ("urgent (item.published)", CODE.CONSTRUCT, "urgent (item.published)", "put `and` or `or`"),
    ("mission.name.length > 2", CODE.CONSTRUCT, "mission.name.length", "`mission.name` itself"),
    ('"abc".length > 2', CODE.CONSTRUCT, '"abc".length', "the value itself"),
    ("mission&.name == 'a'", CODE.CONSTRUCT, "mission&.name", "the value itself"),
    ('mission.name[0] == "a"', CODE.CONSTRUCT, "mission.name[0]", "the value itself"),
    ('mission.name[0:2] == "a"', CODE.CONSTRUCT, "mission.name[0:2]", "the value itself"),
    ("[x for x in [1]]", CODE.CONSTRUCT, "for", "each fact itself"),
    ("urgent # why", CODE.CONSTRUCT, "# why", "beside the rule"),
    ("while urgent", CODE.CONSTRUCT, "while", "test ? one : other"),
    ('mission.country =~ "K.*"', CODE.OPERATOR, "=~", "list the texts"),
    ("item.quantity * 2 > 1", CODE.OPERATOR, "*", "add, subtract and compare"),
    ("item.quantity // 2 > 1", CODE.OPERATOR, "//", "add, subtract and compare"),
    ("1 << 4000000 == 1", CODE.OPERATOR, "<<", "comparison"),
    ("urgent ?? false", CODE.OPERATOR, "??", "must stay unknown"),
    ('trigger = "ad_hoc_request"', CODE.OPERATOR, "=", "write =="),
    ("urgent && item.published", CODE.OPERATOR, "&&", "write `and`"),
    ("urgent || item.published", CODE.OPERATOR, "||", "write `or`"),
    ("!urgent", CODE.OPERATOR, "!", "write `not`"),
    ("urgent AND item.published", CODE.OPERATOR, "AND", "write `and`"),
    ("urgent == True", CODE.OPERATOR, "True", "write `true`"),
    ("urgent is true", CODE.OPERATOR, "is", "write `==`"),
    ("trigger == ad_hoc_request", CODE.UNQUOTED, "ad_hoc_request", 'in quotes: "ad_hoc_request"'),
    ("item.kind == none", CODE.UNQUOTED, "none", 'in quotes: "none"'),
    ("trigger in [ad_hoc_requst]", CODE.UNQUOTED, "ad_hoc_requst", "did you mean `ad_hoc_request`?"),
    ('trigger == "ad_hoc"', CODE.UNKNOWN_CHOICE, '"ad_hoc"', "did you mean `ad_hoc_request`?"),
    ('trigger in ["xyz"]', CODE.UNKNOWN_CHOICE, '"xyz"', "ad_hoc_request, host_offer"),
    ("trigger == “host_offer”", CODE.CHARACTER, "“", "straight quotes"),
    ("urgent and\u00a0item.published", CODE.CHARACTER, "\u00a0", "ordinary space"),
    ("item .published", CODE.CHARACTER, ".", "without a space"),
    ("item.quantity > 5€", CODE.CHARACTER, "€", "take it out"),
    ("1 < item.quantity < 5", CODE.CHAIN, "<", "joined by `and`"),
    ("1 < item.quantity == urgent", CODE.CHAIN, "1 < item.quantity == urgent", "joined by `and`"),
    ("item.quantity == 1 not in [true]", CODE.CHAIN, "item.quantity == 1 not in [true]", "round brackets"),
    ("urgnt", CODE.UNKNOWN_WORD, "urgnt", "did you mean `urgent`?"),
    ("item.chanel.reported", CODE.UNKNOWN_WORD, "item.chanel.reported", "did you mean `item.channel.reported`?"),
    ("item.channel", CODE.UNKNOWN_WORD, "item.channel", "name one of them"),
    ("{next_sesion} == 5", CODE.UNKNOWN_WORD, "{next_sesion}", "did you mean `{next_session}`?"),
    ("next_session == 5", CODE.BRACES, "next_session", "write {next_session}"),
    ("{item.published}", CODE.BRACES, "{item.published}", "write `item.published`"),
    ("{ next_session } == 5", CODE.BRACES, "{", "{next_session}"),
    ('mission.country < "KP"', CODE.NO_ORDER, 'mission.country < "KP"', "== or !="),
    ("urgent < item.published", CODE.NO_ORDER, "urgent < item.published", "== or !="),
    ('as_of >= d"1965-01-01T10:00"', CODE.LITERAL, 'd"1965-01-01T10:00"', "without a time of day"),
    ('as_of >= d"1965-02-29"', CODE.LITERAL, 'd"1965-02-29"', "year, month and day"),
    ('as_of > as_of + t"PT5H"', CODE.LITERAL, 't"PT5H"', "whole weeks or days"),
    ("item.quantity == inf", CODE.LITERAL, "inf", "plain figures"),
    ("item.quantity != nan", CODE.LITERAL, "nan", "plain figures"),
    ("item.quantity == 007", CODE.LITERAL, "007", "plain figures"),
    ("item.quantity == 1e9", CODE.LITERAL, "1e9", "plain figures"),
    ("item.quantity == " + "1" * 29, CODE.LITERAL, "1" * 29, "plain figures"),
    (r'mission.name == "\d"', CODE.LITERAL, r'"\d"', "backslashes"),
    ('mission.name == r"a"', CODE.LITERAL, 'r"a"', "plain quotes"),
    ('mission.name == b"a"', CODE.LITERAL, 'b"a"', "plain quotes"),
    ("null", CODE.NULL, "null", "of a fact"),
    ("null == null", CODE.NULL, "null", "of a fact"),
    ("as_of > null", CODE.NULL, "as_of > null", "mission.country != null"),
    ("(urgent or urgent) == null", CODE.NULL, "(urgent or urgent) == null", "mission.country != null"),
    ("trigger in [null]", CODE.NULL, "null", "of a fact"),
    ("as_of + 30 > as_of", CODE.ARITHMETIC, "as_of + 30", 'as_of + t"P30D"'),
    ("as_of - visit.starts_on > 30", CODE.ARITHMETIC, "as_of - visit.starts_on", "as_of <= visit.starts_on"),
    ('t"P1D" + as_of > as_of', CODE.ARITHMETIC, 't"P1D" + as_of', "the date first"),
    ('mission.name + "a" == "b"', CODE.ARITHMETIC, 'mission.name + "a"', "numbers to numbers"),
    ("-item.quantity > 1", CODE.ARITHMETIC, "-item.quantity", "0 - item.quantity"),
    ("urgent and", CODE.ORDER, "and", "what is missing"),
    ("and urgent", CODE.ORDER, "and", "before and after"),
    ("(urgent", CODE.ORDER, "(", "close the bracket"),
    ("urgent)", CODE.ORDER, ")", "open the bracket"),
    ("urgent item.published", CODE.ORDER, "item.published", "join the two"),
    ("mission.name == 'a", CODE.ORDER, "'", "close the quotes"),
]  # fmt: skip


def faults_of(text: str) -> list[tuple[FaultCode, str, str]]:
    with pytest.raises(ConditionFaults) as refused:
        parse(text)
    return [(fault.code, text[fault.start : fault.end], fault.remedy) for fault in refused.value.faults]


@pytest.mark.parametrize(("text", "code", "place", "remedy"), REFUSED)
def test_refusal_names_the_mistake_its_place_and_the_cure(
    text: str, code: FaultCode, place: str, remedy: str
) -> None:
    found_code, found_place, found_remedy = faults_of(text)[0]
    assert (found_code, found_place) == (code, place)
    assert remedy in found_remedy


def test_every_sort_of_mistake_is_among_the_refused_texts() -> None:
    assert {code for _, code, _, _ in REFUSED} | {FaultCode.TOO_LARGE} == set(FaultCode)
    assert all(code.meaning.endswith(".") for code in FaultCode)


def test_all_faults_of_one_text_are_reported_at_once() -> None:
    text = "urgnt and item.quantity * 2 > 1 and trigger == ad_hoc and (mission.country == 5 or as_of)"
    assert [(code, place) for code, place, _ in faults_of(text)] == [
        (FaultCode.UNKNOWN_WORD, "urgnt"),
        (FaultCode.OPERATOR, "*"),
        (FaultCode.UNQUOTED, "ad_hoc"),
        (FaultCode.KINDS, "5"),
        (FaultCode.NOT_TRUTH, "as_of"),
    ]


@pytest.mark.parametrize("text", [text for text, _, _, _ in REFUSED if text.strip()])
def test_blank_lines_before_a_fault_only_move_its_place(text: str) -> None:
    with pytest.raises(ConditionFaults) as plain:
        parse(text)
    with pytest.raises(ConditionFaults) as moved:
        parse("\n\t " + text)
    assert [replace(fault, start=fault.start + 3, end=fault.end + 3) for fault in plain.value.faults] == list(
        moved.value.faults
    )


@pytest.mark.parametrize("text", [text for text, _, _, _ in REFUSED])
def test_no_message_speaks_of_the_program(text: str) -> None:
    with pytest.raises(ConditionFaults) as refused:
        parse(text)
    program = r"\b(str|int|bool|float|Decimal|datetime|NoneType|None|symbol|token|syntax|type|Kind)\b"
    assert not re.search(program, str(refused.value).replace(text, ""))


@pytest.mark.parametrize(
    "text",
    [
        "x" * (MAX_LENGTH + 1),
        "true or " * (MAX_TOKENS // 2) + "true",
        "(" * MAX_DEPTH + "urgent" + ")" * MAX_DEPTH,
        "not " * MAX_DEPTH + "urgent",
        "-" * 300 + "1 == 1",
        "1+" * 150 + "1 == 1",
        "urgent ? urgent : " * 60 + "urgent",
    ],
)
def test_condition_beyond_all_measure_is_refused_whole(text: str) -> None:
    assert [(code, place) for code, place, _ in faults_of(text)] == [(FaultCode.TOO_LARGE, text)]


def test_long_chain_of_alternatives_is_no_deep_nesting() -> None:
    text = " or ".join(["urgent"] * 150)
    assert evaluate(parse(text), {"urgent": False}) is False


PIECES = [
    *VOCABULARY,
    *"()[]{}<>=!?:.,+-*/%&|^~#$@;'\"\\",
    *(" and ", " or ", " not ", " in ", " null ", "true"),
]
PIECES += [
    "{next_session}",
    "{first_day}",
    '"sample"',
    'd"1965-01-01"',
    't"P1D"',
    "5",
    "\n",
    "“",
    "for",
    " if ",
    "$now",
]


@given(st.lists(st.sampled_from(PIECES), max_size=25).map("".join) | st.text(max_size=30))
def test_any_text_is_a_condition_or_a_list_of_faults_within_it(text: str) -> None:
    faults: tuple[ConditionFault, ...] = ()
    try:
        expression = parse(text)
    except ConditionFaults as refused:
        faults = refused.faults
        assert faults  # refusal is one of two lawful ends
    else:
        assert parse(describe(expression)) == expression
    assert all(0 <= fault.start <= fault.end <= len(text) for fault in faults)
    assert all(fault.message and fault.remedy for fault in faults)
