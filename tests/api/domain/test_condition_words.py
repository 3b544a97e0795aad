"""Conditions in words: every form of one is put in questions where it has some."""

from pathlib import Path

import pytest

from api.domain.condition_words import AnswerRelation, Join, put_in_words
from engine import load_policies
from engine.language.rule_engine_parser import parse_condition

ROOT = Path(__file__).parents[3]
POLICIES = load_policies({file.name: file.read_bytes() for file in (ROOT / "policies").glob("*.yaml")})
WORDS = POLICIES.policies[0].words


def test_every_condition_of_the_policies_has_words() -> None:
    for policy in POLICIES.policies:
        for rule in policy.rules:
            found = put_in_words(rule.when, policy.words)
            assert found.parts or found.ask or found.written


def in_words(condition: str) -> tuple[Join, AnswerRelation, str, tuple[str, ...]]:
    found = put_in_words(parse_condition(condition, WORDS, POLICIES.policies[0].declared), WORDS)
    return found.join, found.relation, found.ask, found.answers


@pytest.mark.parametrize(
    ("condition", "relation", "answers"),
    [
        ('trigger == "host_offer"', AnswerRelation.IS, ("the host offers it, asked for or not",)),
        ('trigger != "host_offer"', AnswerRelation.IS_NOT, ("the host offers it, asked for or not",)),
        (
            'trigger in ["host_offer", "agreed_programme"]',
            AnswerRelation.IS,
            ("the host offers it, asked for or not", "it is part of the agreed programme"),
        ),
        ("item.published", AnswerRelation.IS, ("yes",)),
        ("not item.published", AnswerRelation.IS, ("no",)),
        ("{counterpart} == null", AnswerRelation.NOT_KNOWN, ()),
        ("{counterpart} != null", AnswerRelation.KNOWN, ()),
        ("item.quantity > 3", AnswerRelation.COMPARED, ("> 3",)),
    ],
)
def test_a_question_is_put_with_its_answers(
    condition: str, relation: AnswerRelation, answers: tuple[str, ...]
) -> None:
    join, found, ask, given = in_words(condition)
    assert (join, found, given) == (Join.QUESTION, relation, answers)
    assert ask.endswith("?")


def test_parts_are_joined() -> None:
    assert in_words("item.published and urgency.eagerly_wanted")[0] is Join.ALL
    assert in_words("item.published or urgency.eagerly_wanted")[0] is Join.ANY
    assert in_words("not (item.published or urgency.eagerly_wanted)")[0] is Join.NONE


def test_what_no_question_says_is_shown_as_it_is_written() -> None:
    found = put_in_words(parse_condition("visit.ends_on > visit.starts_on", WORDS), WORDS)
    assert found.relation is AnswerRelation.AS_WRITTEN
    assert found.written == "visit.ends_on > visit.starts_on"
