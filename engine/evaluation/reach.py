"""How far the answer of a policy can go: which rules can still apply, and the least and the most that follows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from engine.contract.decision import Outcome
from engine.language.expressions import Truth
from engine.policy.bitsets import members
from engine.policy.model import Edition

NOTHING_CERTAIN = -1
"""Less than the strictness of any outcome."""


class Reach(NamedTuple):
    """Between which outcomes, by strictness, the answer of a policy that governs a line can lie.

    `least` is that of the strictest rule that wins whatever the unknown facts are, NOTHING_CERTAIN if none does;
    `most` the strictest answer that they can lead to.
    """

    least: int
    most: int

    @property
    def most_without_a_winner(self) -> int:
        """The strictest answer it can give although no rule wins that is written for it: see `settle`."""
        if self.least == NOTHING_CERTAIN:
            return Outcome.REFER.strictness
        taken_away = self.least == Outcome.DELIVER.strictness < self.most
        return Outcome.NEEDS_INFORMATION.strictness if taken_away else self.least


def still_possible(edition: Edition, truths: Sequence[Truth] | Mapping[int, Truth], rules: int) -> int:
    """Of the rules that may apply as far as each is looked at alone, those that can.

    Left out are rules that are beaten wherever they could apply, and their exceptions: whether their conditions hold
    changes nothing.
    """
    found = 0
    for index in members(rules):
        generals = edition.generals[index]
        above = generals & found
        if not generals or (above and not _always_beaten(edition, truths, rules, index, above)):
            found |= 1 << index
    return found


def _always_beaten(
    edition: Edition, truths: Sequence[Truth] | Mapping[int, Truth], rules: int, index: int, above: int
) -> bool:
    """Whether a rule that beats this one applies wherever one of those `above` it does, and this one need not count.

    That one holds, cannot be beaten, and is an exception to all of them. As long as it is open whether they apply,
    something else counts against a permission in its stead: that one, if it does not permit and has no exception, or
    they, if they do not and what makes them yield rests on them alone.
    """
    counting = not any(
        edition.rules[general].outcome.permits
        or any(
            edition.generals[each] & rules & ~above for each in members(edition.exceptions[general] & rules)
        )
        for general in members(above)
    )
    return any(
        truths[beater]
        and not edition.beaters[beater] & rules
        and not above & ~edition.generals[beater]
        and (counting or not (edition.rules[beater].outcome.permits or edition.exceptions[beater] & rules))
        for beater in members(edition.beaters[index] & rules)
    )


def reach_of(edition: Edition, certain: int, possible: int) -> Reach:
    """What a policy can answer, given the rules that apply whatever the unknown facts are, and all that may apply."""
    may_win = without_exception_in(certain, edition, possible)
    if not may_win:
        return Reach(edition.unruled.strictness, edition.unruled.strictness)
    rules, surely_win = edition.rules, without_exception_in(possible, edition, certain)
    least = max([rules[i].outcome.strictness for i in members(surely_win)], default=NOTHING_CERTAIN)
    most = max([rules[i].outcome.strictness for i in members(may_win)])
    return Reach(least, max(most, Reach(least, most).most_without_a_winner))


NOT_GOVERNING = Reach(Outcome.NOT_GOVERNED.strictness, Outcome.NOT_GOVERNED.strictness)
"""Of a policy that does not govern the line."""


def without_exception_in(exceptions: int, edition: Edition, rules: int) -> int:
    """Those of the `rules` that have no exception among the `exceptions`."""
    for index in members(rules):
        if edition.exceptions[index] & exceptions:
            rules ^= 1 << index
    return rules
