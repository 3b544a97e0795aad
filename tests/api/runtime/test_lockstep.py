"""Works take each step together; one that fails takes no other, and hinders no other."""

from __future__ import annotations

from collections.abc import Callable

from api.runtime.lockstep import Lockstep


def _noting(taken: list[str], name: str, failing: str = "") -> Callable[[str], None]:
    def step(work: str) -> None:
        taken.append(f"{name} {work}")
        if work == failing:
            raise ValueError(name)

    return step


def test_each_step_is_taken_by_all_before_the_next_but_for_those_that_failed() -> None:
    taken: list[str] = []
    failed: list[tuple[str, str, str | None]] = []
    lockstep = Lockstep(["a", "b", "c"])
    steps = [_noting(taken, "first"), _noting(taken, "second", failing="b"), _noting(taken, "third")]
    lockstep.take(steps, lambda work, error: failed.append((work, str(error), lockstep.current)))
    assert taken == [
        *("first a", "first b", "first c"),
        *("second a", "second b", "second c"),
        *("third a", "third c"),
    ]
    assert failed == [("b", "second", "b")]
    assert lockstep.going == ["a", "c"]


def test_the_next_steps_are_taken_by_those_that_are_left() -> None:
    taken: list[str] = []
    lockstep = Lockstep(["a", "b"])
    lockstep.take([_noting(taken, "first", failing="a")], lambda *_: None)
    lockstep.take([_noting(taken, "second")], lambda *_: None)
    assert taken == ["first a", "first b", "second b"]
    empty: Lockstep[str] = Lockstep([])
    empty.take([_noting(taken, "none")], lambda *_: None)
    assert empty.going == []
    assert len(taken) == 3
