"""How far the answer of a policy can go: which rules can still apply, and the least and the most that follows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from engine.contract.decision import Outcome
from engine.language.expressions import Truth
from engine.policy.bitsets import members
from engine.policy.model import Edition


class AppliedRules(NamedTuple):
    """The rules that apply, those that only may, and of the former those that do whatever the unknown facts are."""

    applies: int
    may: int
    certain: int


def goes_before(edition: Edition, index: int, others: int, found: AppliedRules) -> bool:
    """Whether one of the `others` applies wherever this rule could, whatever the unknown facts are.

    Of a rule that is certain to apply that is plain. A row of a table that applies may turn out to be beaten; then
    what beats it goes before as well, if that is one of the others: the rows above it are. Only rows, and what is an
    exception to them, are looked at so closely: rules written one by one answer as before there were tables.
    """
    generals = edition.generals[index]
    for other in members(others & _leading(edition, found)):
        above = edition.generals[other]
        rests = not above or above & (found.certain | 1 << index) or (generals and not generals & ~above)
        if rests and not edition.beaters[other] & found.may & ~others:
            return True
    return False


def _leading(edition: Edition, found: AppliedRules) -> int:
    """The rules that apply of which it is looked at what they go before."""
    return found.certain | found.applies & edition.tabled


def may_win(edition: Edition, found: AppliedRules) -> int:
    """The rules that win in some case, as far as each is looked at alone."""
    able, leading = found.applies | found.may, _leading(edition, found)
    for index in members(able):
        others = edition.exceptions[index] | edition.beaters[index]
        if others & leading and goes_before(edition, index, others, found):
            able ^= 1 << index
    return able


NOTHING_CERTAIN = -1
"""Less than the strictness of any outcome."""


class Reach(NamedTuple):
    """Between which outcomes, by strictness, the answer of a policy that governs a line can lie.

    `least` is that of the strictest rule that wins whatever the unknown facts are, or of the least strict of several
    of which one does; NOTHING_CERTAIN if there are none;
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
    sure = _sure_to_beat(edition, truths, rules)
    counting: dict[int, bool] = {}
    for index in members(rules):
        generals = edition.generals[index]
        above = generals & found
        beaters = edition.beaters[index] & sure
        if not generals or (above and not (beaters and one_beats(edition, rules, beaters, above, counting))):
            found |= 1 << index
    return found


def _sure_to_beat(edition: Edition, truths: Sequence[Truth] | Mapping[int, Truth], rules: int) -> int:
    """Those of the rules that hold, and that none of them beats."""
    found = 0
    for index in members(rules):
        if truths[index] and not edition.beaters[index] & rules:
            found |= 1 << index
    return found


def one_beats(edition: Edition, rules: int, beaters: int, above: int, counting: dict[int, bool]) -> bool:
    """Whether one of the `beaters` of a rule applies wherever one of those `above` it does, and it need not count.

    That one holds, cannot be beaten, and is an exception to all of them. As long as it is open whether they apply,
    something else counts against a permission in its stead: that one, if it does not permit and has no exception, or
    they, if they do not and what makes them yield rests on them alone, which is looked up in `counting`.
    """
    for beater in members(beaters):
        if above & ~edition.generals[beater]:
            continue
        if not (edition.rules[beater].outcome.permits or edition.exceptions[beater] & rules):
            return True
        if above not in counting:
            counting[above] = _count_by_themselves(edition, rules, above)
        if counting[above]:
            return True
    return False


def _count_by_themselves(edition: Edition, rules: int, above: int) -> bool:
    """Whether rules count against a permission: none of them permits, and what makes them yield rests on them."""
    return not any(
        edition.rules[general].outcome.permits
        or any(
            edition.generals[each] & rules & ~above for each in members(edition.exceptions[general] & rules)
        )
        for general in members(above)
    )


def reach_of(edition: Edition, found: AppliedRules, possible: int) -> Reach:
    """What a policy can answer, given the rules that apply and may, and of all those the ones that are possible."""
    able = may_win(edition, found) & possible
    if not able:
        return Reach(edition.unruled.strictness, edition.unruled.strictness)
    least = max(
        [_least_of(edition, index, found, possible) for index in members(_leading(edition, found))],
        default=NOTHING_CERTAIN,
    )
    most = max([edition.rules[i].outcome.strictness for i in members(able)])
    return Reach(least, max(most, Reach(least, most).most_without_a_winner))


def _least_of(edition: Edition, index: int, found: AppliedRules, possible: int) -> int:
    """The strictness below which the answer cannot fall because of a rule that applies.

    Either it wins, or one of those that may beat it does, unless an exception to them is possible.
    """
    either = members(1 << index | edition.beaters[index] & found.may)
    generals = edition.generals[index]
    if (generals and not generals & found.certain) or any(edition.exceptions[i] & possible for i in either):
        return NOTHING_CERTAIN
    return min([edition.rules[i].outcome.strictness for i in either])


NOT_GOVERNING = Reach(Outcome.NOT_GOVERNED.strictness, Outcome.NOT_GOVERNED.strictness)
"""Of a policy that does not govern the line."""


def without_exception_in(exceptions: int, edition: Edition, rules: int) -> int:
    """Those of the `rules` that have no exception among the `exceptions`."""
    for index in members(rules):
        if edition.exceptions[index] & exceptions:
            rules ^= 1 << index
    return rules
