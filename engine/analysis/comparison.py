"""What a comparison of two policy sets finds: what is answered otherwise, in classes that cover all of it."""

from __future__ import annotations

from enum import StrEnum
from typing import Any, assert_never

from engine.contract.decision import Answer, Outcome, Permission


class Direction(StrEnum):
    """Which way an outcome has moved.

    `more_permissive`: a handover that was forbidden is no longer, whether it is now permitted or not decided.
    """

    MORE_PERMISSIVE = "more_permissive"
    LESS_STRICT = "less_strict"
    STRICTER = "stricter"


def direction_of(was: Outcome, becomes: Outcome) -> Direction:
    """The direction of a change from one outcome to another."""
    if _freedom(becomes.handover_as_asked) > _freedom(was.handover_as_asked):
        return Direction.MORE_PERMISSIVE
    return Direction.LESS_STRICT if becomes.strictness < was.strictness else Direction.STRICTER


def _freedom(permission: Permission) -> int:
    match permission:
        case Permission.NO:
            return 0
        case Permission.NOT_DECIDED:
            return 1
        case Permission.YES:
            return 2
        case _:
            assert_never(permission)


class Difference(Answer):
    """Something in which the texts of the two sets differ: where it stands, and what it was and is.

    `policy` is the policy it stands in, if it stands in one; `at` its place in the newer set, else in the older one.
    """

    policy: str | None = None
    name: str
    at: str | None = None
    change: str


class Example(Answer):
    """A request as it can be given to `check`, and in words; as few facts as will do are known."""

    request: dict[str, Any]
    words: tuple[str, ...]


class ChangedClass(Answer):
    """Requests that are answered with another outcome, in the same way.

    `countries` are the codes of the mission's country, `any other` or `not known`; `days` the stretches of days.
    `always` lists what holds of every request of the class, proved; `rules_before` and `rules_after` decide it, none
    where a standing answer is given. `because_of` are the differences of the texts that it turns on.
    """

    countries: tuple[str, ...]
    policies: tuple[str, ...]
    days: tuple[str, ...]
    was: Outcome
    becomes: Outcome
    direction: Direction
    rules_before: tuple[str, ...] = ()
    rules_after: tuple[str, ...] = ()
    always: tuple[str, ...] = ()
    sentence: str
    example: Example
    because_of: tuple[str, ...] = ()


class ChangedAnswer(Answer):
    """Requests whose outcome stays, but whose answer differs in content: rules, clauses, duties or the sentence.

    `about` is the rule, scope rule or standing answer it comes from; the example is left out where what changed comes
    from another rule as well.
    """

    about: str
    countries: tuple[str, ...]
    members: tuple[str, ...] = ()
    example: Example | None = None


class Comparison(Answer):
    """What is answered otherwise under the newer of two policy sets.

    `guards` are what held the older set and holds the newer one less: they change no answer today, and let the next
    change pass. `complete` means that it is proved that no request outside the classes changes its outcome; if not,
    `because` names what prevented a proof.
    """

    old: str
    new: str
    guards: tuple[Difference, ...] = ()
    classes: tuple[ChangedClass, ...] = ()
    answers: tuple[ChangedAnswer, ...] = ()
    differences: tuple[Difference, ...] = ()
    complete: bool
    because: str | None = None

    @property
    def more_permissive(self) -> bool:
        """Whether some handover that was forbidden is no longer, or something guards the policies less."""
        return bool(self.guards) or any(one.direction is Direction.MORE_PERMISSIVE for one in self.classes)
