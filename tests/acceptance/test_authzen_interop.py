"""The decisions of the interop scenario about things to do: 40 questions and 3 lists (version 1.0-02 of its file)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import httpx
import pytest
import yaml

from tests.support.authzen import FIXTURES, action, answering, entity, user

TODO = FIXTURES / "todo" / "policies"
SUBJECTS = {
    facts["subject.email"].partition("@")[0]: (identity, facts["subject.email"])
    for identity, facts in yaml.safe_load((TODO / "authzen.yaml").read_text())["subjects"][0]["known"].items()
}
THINGS = {
    owner: f"7240d0db-8ff0-41ec-98b2-34a096273b9{last}"
    for owner, last in zip(["rick", "morty", "summer", "beth", "jerry"], "21345", strict=True)
}
OTHERS = {"rick": "morty", "morty": "rick", "summer": "rick", "beth": "rick", "jerry": "rick"}

# What each of them may do: create; update another's and the own, delete another's and the own.
MAY = {
    "rick": "create  update other, update own, delete other, delete own",
    "morty": "create  update own, delete own",
    "summer": "create  update own, delete own",
    "beth": "",
    "jerry": "",
}

Call = dict[str, Any]


def thing(owner: str) -> Call:
    return entity("todo", THINGS[owner], ownerID=SUBJECTS[owner][1])


def decisions() -> Iterator[tuple[str, Call, bool]]:
    """Every question with its name and the answer."""
    for name, (identity, email) in SUBJECTS.items():
        who = user(identity)
        for looked_up in (SUBJECTS["beth"][1], email):
            call = {"action": action("can_read_user"), "resource": user(looked_up)}
            yield f"{name} looks up {looked_up.partition('@')[0]}", {"subject": who, **call}, True
        for permission, may in (("can_read_todos", True), ("can_create_todo", "create" in MAY[name])):
            call = {"action": action(permission), "resource": entity("todo", "todo-1")}
            yield f"{name} {permission}", {"subject": who, **call}, may
        for verb in ("update", "delete"):
            for whose, owner in (("other", OTHERS[name]), ("own", name)):
                call = {"action": action(f"can_{verb}_todo"), "resource": thing(owner)}
                yield f"{name} {verb} {whose}", {"subject": who, **call}, f"{verb} {whose}" in MAY[name]


DECISIONS = list(decisions())
LISTS = [
    ("rick", ["rick", "jerry"], [True, True]),
    ("morty", ["rick", "morty"], [False, True]),
    ("jerry", ["rick", "jerry"], [False, False]),
]


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[httpx.Client]:
    with answering(tmp_path_factory.mktemp("pdp"), TODO) as client:
        yield client


def test_there_are_forty_questions() -> None:
    assert len(DECISIONS) == 40
    assert sum(may for _, _, may in DECISIONS) == 26


@pytest.mark.parametrize(("call", "expected"), [one[1:] for one in DECISIONS], ids=range(40))
def test_a_question_has_the_answer_of_the_scenario(client: httpx.Client, call: Call, expected: bool) -> None:
    answer = client.post("/access/v1/evaluation", json=call)
    assert (answer.status_code, answer.json().get("decision")) == (200, expected), answer.text


@pytest.mark.parametrize(("name", "owners", "expected"), LISTS, ids=[one[0] for one in LISTS])
def test_a_list_has_the_answers_of_the_scenario(
    client: httpx.Client, name: str, owners: list[str], expected: list[bool]
) -> None:
    call = {
        "subject": user(SUBJECTS[name][0]),
        "action": action("can_update_todo"),
        "evaluations": [{"resource": thing(owner)} for owner in owners],
    }
    answer = client.post("/access/v1/evaluations", json=call)
    assert [one["decision"] for one in answer.json()["evaluations"]] == expected
