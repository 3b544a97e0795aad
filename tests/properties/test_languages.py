"""What is spoken in other languages: the same however a request is decided, whole, and beside an unchanged answer."""

import datetime as dt
import random
from functools import cache
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from ruamel.yaml import YAML

from conftest import shipped_files
from engine import Decision, LineDecision, PolicySet, decide, decide_by_walking, decide_to_json, load_policies
from engine.policy.sentences import BRACES
from tests.support.shipped_words import make_request
from tests.support.strategies import Plain, anything, near_permission

NOW = dt.datetime(1965, 3, 1, 12, tzinfo=dt.UTC)
STATED: dict[str, Any] = {"decision_id": "d", "evaluated_at": NOW}
COUNTRIES = st.lists(st.sampled_from(["KP", "VN", "CU", "AL", "FR"]), max_size=3, unique=True)
LANGUAGES = {"KP": "ko", "VN": "vi", "CU": "es", "AL": "sq"}


@cache
def in_part(seed: int) -> PolicySet:
    """The shipped set with half of its translations, half of these reviewed, and some countries of two languages."""
    chance, yaml, files = random.Random(seed), YAML(typ="safe"), shipped_files()
    for name in [name for name in files if name.startswith("language_")]:
        content = yaml.load(files[name])
        rows = ["language: " + content["language"], "translations:"]
        for entry in content["translations"]:
            if chance.random() < 0.5:
                status = (
                    "draft" if chance.random() < 0.5 else "reviewed, reviewed_by: x, reviewed_on: 2026-01-01"
                )
                texts = f"english: {entry['english']!r}, translation: {entry['translation']!r}"
                rows.append(f"  - {{{texts}, status: {status}}}")
        files[name] = "\n".join(rows).replace("\\'", "''").encode()
    files["cuba.yaml"] = files["cuba.yaml"].replace(b"languages: es", b"languages: [es, zh, en]")
    return load_policies(files)


@cache
def in_english() -> PolicySet:
    return load_policies({name: text for name, text in shipped_files().items() if "language_" not in name})


def visiting(plain: Plain, countries: list[str]) -> Plain:
    return {**plain, "mission": {**(plain.get("mission") or {}), "countries": countries or None}}


@settings(deadline=None)
@given(st.one_of(near_permission(), anything()), COUNTRIES, st.integers(0, 4))
def test_it_is_spoken_alike_compiled_and_walked(plain: Plain, countries: list[str], seed: int) -> None:
    request, policies = make_request(visiting(plain, countries)), in_part(seed)
    expected = decide_by_walking(policies, request, **STATED).to_json()
    for _ in range(2):
        assert decide(policies, request, **STATED).to_json() == expected
        written = decide_to_json(policies, request, **STATED)
        assert b"".join(written.pieces) == written.content == expected


@settings(deadline=None)
@given(st.one_of(near_permission(), anything()), COUNTRIES)
def test_every_sentence_is_spoken_whole_in_every_language_of_the_mission(
    shipped: PolicySet, plain: Plain, countries: list[str]
) -> None:
    decision = decide(shipped, make_request(visiting(plain, countries)), **STATED)
    languages = sorted(LANGUAGES[country] for country in countries if country in LANGUAGES)
    answers: list[Decision | LineDecision] = [decision, *decision.lines]
    for answer in answers:
        assert list(answer.say_in) == languages == list(answer.say_in_draft)
        assert not any(BRACES.search(text) for text in answer.say_in.values())


@settings(deadline=None)
@given(st.one_of(near_permission(), anything()), COUNTRIES, st.integers(0, 4))
def test_but_for_what_is_spoken_in_other_languages_nothing_of_an_answer_changes(
    plain: Plain, countries: list[str], seed: int
) -> None:
    request = make_request(visiting(plain, countries))
    spoken = decide(in_part(seed), request, **STATED).model_dump(exclude_defaults=True)
    for answer in (spoken, *spoken["lines"]):
        answer.pop("say_in", None), answer.pop("say_in_draft", None)
    plainly = decide(in_english(), request, **STATED).model_dump(exclude_defaults=True)
    assert "say_in" not in str(plainly)
    assert {**spoken, "policy": None} == {**plainly, "policy": None}
