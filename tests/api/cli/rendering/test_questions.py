"""What is not known, as the command prints it: the next question first, answers in words, put together by outcome."""

from typing import Any

from rich.console import Console

from api.cli.rendering.questions import print_questions
from tests.support.folders import policies_of
from tests.support.strategies import PERMITTED, ask, spread


def printed(flat: dict[str, Any]) -> list[str]:
    policies = policies_of("shipped")
    (line,) = ask(policies, spread(flat, as_of="1965-06-30")).lines
    console = Console(width=80, highlight=False)
    with console.capture() as capture:
        print_questions(console, policies, line)
    return [row.rstrip() for row in capture.get().splitlines()]


def without(way: str, *names: str) -> dict[str, Any]:
    return {name: value for name, value in PERMITTED[way].items() if name not in names}


def test_answers_stand_in_words_put_together_by_what_they_lead_to() -> None:
    assert printed(without("signed", "handover.to")) == [
        "  Not known, and able to change the answer",
        "    Ask the receiving department:",
        "      Who would receive the item? (handover.to)",
        "        the mission, a member of the mission, another body of theirs in China, a",
        "        body abroad or a third country -> Refused (refuse)",
        "        their registered institution in China -> Yes. The Committee delivers",
        "        (deliver)",
    ]


def test_a_question_whose_answers_all_lead_to_the_same_says_so() -> None:
    assert printed(without("signed", "trigger")) == [
        "  Not known, and able to change the answer",
        "    Ask the receiving department:",
        "      What gave rise to the handover? (trigger)",
        "        whatever the answer -> Yes. The Committee delivers (deliver)",
    ]


def test_the_next_question_stands_first_though_no_answer_changes_anything_by_itself() -> None:
    rows = printed({})
    assert rows[:3] == [
        "  Not known, and able to change the answer",
        "    Ask the receiving department:",
        "      Which country does the mission come from? (mission.countries)",
    ]
    assert rows[3:7] == [
        "        to be asked first, though no answer changes the outcome by itself",
        "  Not known, and able to change it only together with others",
        "    Ask the receiving department:",
        "      Is the place in a border area, and in which? (visit.border_area)",
    ]
    assert [row for row in rows if "Ask the " in row][1:] == [
        "    Ask the receiving department:",
        "    Ask the Science and Technology Committee:",
        "    Ask the policy officer:",
    ]


def test_what_is_stated_as_not_known_is_marked() -> None:
    rows = printed({**without("signed", "trigger"), "trigger": None})
    assert rows[2] == "      What gave rise to the handover? (trigger, asked and not known so far)"


def test_where_nothing_is_missing_nothing_is_printed() -> None:
    assert printed(PERMITTED["signed"]) == []
