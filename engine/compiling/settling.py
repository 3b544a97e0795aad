"""The conditions of an edition, true or unknown -> which rules apply, may and win, and what follows.

`engine.evaluation` says what each set means and why. Here the same sets are computed of the rules that are left, with
what is the same for every line: a question with ten answers settles ten times.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from engine.contract.decision import Outcome
from engine.evaluation.open_rules import Outlook
from engine.evaluation.reach import (
    NOTHING_CERTAIN,
    AppliedRules,
    Reach,
    goes_before,
    one_beats,
)
from engine.policy.bitsets import members, to_bits
from engine.policy.model import Edition

_NEEDS_INFORMATION = Outcome.NEEDS_INFORMATION


class Statuses(NamedTuple):
    """Which rules apply, which may apply and win, which win, and what follows.

    `reported` are the conditions whose truth the answer reports besides: of rules that could have won and do not, and
    for what the winners cite and say. `certain`, `possible`, `reach` and `alone` are those of a `PolicyFinding`, and
    `open` counts the rules that are possible and whose condition is unknown.
    """

    applies: int
    may: int
    wins: int
    outcome: Outcome
    reported: int
    certain: int
    possible: int
    reach: Reach
    alone: int
    open: int

    @property
    def outlook(self) -> Outlook:
        """What follows for a country that no other policy governs or may govern."""
        return Outlook(self.outcome, self.open if self.reach.most > self.reach.least else 0)


class RuleTables:
    """What of the rules of an edition does not turn on their conditions; `words` are the positions of theirs by rule.

    `roots` are the rules that are an exception to no other.
    """

    __slots__ = (
        "_beaters",
        "_concerned",
        "_edition",
        "_exceptions",
        "_generals",
        "_levels",
        "_parents",
        "_permissions",
        "_words",
        "roots",
    )

    def __init__(self, edition: Edition, words: Mapping[int, int]) -> None:
        self._edition, self._words = edition, words
        self._generals, self._beaters, self._exceptions = (
            edition.generals,
            edition.beaters,
            edition.exceptions,
        )
        self.roots = to_bits(index for index, generals in enumerate(edition.generals) if not generals)
        self._parents = [(1 << index, below) for index, below in enumerate(edition.exceptions) if below]
        by_outcome: dict[Outcome, list[int]] = {}
        concerned: list[list[int]] = [[] for _ in edition.rules]
        for index, rule in enumerate(edition.rules):
            by_outcome.setdefault(rule.outcome, []).append(index)
            for other in members(edition.exceptions[index] | edition.beaters[index]):
                concerned[other].append(index)
        strictest_first = sorted(by_outcome, key=lambda outcome: -outcome.strictness)
        self._levels = [(outcome, to_bits(by_outcome[outcome])) for outcome in strictest_first]
        self._permissions = sum(rules for outcome, rules in self._levels if outcome.permits)
        self._concerned = [to_bits(found) for found in concerned]

    def live(self, rules: int) -> int:
        """Those of the rules whose conditions are not false that are looked at: under a rule that is one."""
        found = rules & self.roots
        for general, below in self._parents:
            if found & general:
                found |= below & rules
        return found

    def worded_by(self, rules: int) -> int:
        """The conditions under which these rules cite or say something."""
        found = 0
        if self._words:
            for index in members(rules):
                found |= self._words.get(index, 0)
        return found

    def settle(self, true: int, unknown: int) -> Statuses:
        """What follows where the conditions of these rules are true, and of those unknown."""
        found = self._apply(true, true | unknown)
        applies, may, certain = found
        alone, leading = applies | may, certain | applies & self._edition.tabled
        able, gone = self._may_win(found, leading), 0
        for index in members(applies):
            gone |= self._generals[index]
        wins = applies & ~gone
        possible = self._possible(true, alone)
        reported = self.roots
        for index in members(applies):
            reported |= self._exceptions[index]
        reported = reported & ~wins | self.worded_by(wins)
        return Statuses(
            applies,
            may & able,
            wins,
            self._outcome(wins, able),
            reported,
            certain,
            possible,
            self._reach(found, leading, able & possible, possible),
            alone,
            (unknown & possible).bit_count(),
        )

    def outcome(self, true: int, unknown: int) -> Outcome:
        """The outcome alone that follows."""
        found = self._apply(true, true | unknown)
        gone = 0
        for index in members(found.applies):
            gone |= self._generals[index]
        able = self._may_win(found, found.certain | found.applies & self._edition.tabled)
        return self._outcome(found.applies & ~gone, able)

    def _apply(self, true: int, rules: int) -> AppliedRules:
        """As `apply_rules` finds them."""
        applies = may = certain = 0
        edition, all_generals, all_beaters = self._edition, self._generals, self._beaters
        tabled = edition.tabled
        for index in members(rules):
            generals, beaters, rule = all_generals[index], all_beaters[index], 1 << index
            if generals and not generals & (applies | may):
                continue
            if (
                beaters
                and beaters & (certain | applies & tabled)
                and goes_before(edition, index, beaters, AppliedRules(applies, may, certain))
            ):
                continue
            if true & rule and not beaters & applies and (not generals or generals & applies):
                applies |= rule
                if not beaters & may and (not generals or generals & certain):
                    certain |= rule
            else:
                may |= rule
        return AppliedRules(applies, may, certain)

    def _may_win(self, found: AppliedRules, leading: int) -> int:
        """As `may_win` finds them: only rules that a leading one beats, or is an exception to, can be left out."""
        able, concerned = found.applies | found.may, 0
        for index in members(leading):
            concerned |= self._concerned[index]
        for index in members(able & concerned):
            if goes_before(self._edition, index, self._exceptions[index] | self._beaters[index], found):
                able ^= 1 << index
        return able

    def _outcome(self, wins: int, able: int) -> Outcome:
        """As `settle` finds it."""
        if not wins:
            return _NEEDS_INFORMATION if able else self._edition.unruled
        strictest = self._strictest(wins)
        return _NEEDS_INFORMATION if strictest.permits and able & ~self._permissions else strictest

    def _strictest(self, rules: int) -> Outcome:
        return next(outcome for outcome, level in self._levels if rules & level)

    def _possible(self, true: int, rules: int) -> int:
        """As `still_possible` finds them."""
        generals, beaters, edition = self._generals, self._beaters, self._edition
        sure = found = 0
        for index in members(rules & true):
            if not beaters[index] & rules:
                sure |= 1 << index
        counting: dict[int, bool] = {}
        for index in members(rules):
            if generals[index]:
                above, beating = generals[index] & found, beaters[index] & sure
                if not above or (beating and one_beats(edition, rules, beating, above, counting)):
                    continue
            found |= 1 << index
        return found

    def _reach(self, found: AppliedRules, leading: int, able: int, possible: int) -> Reach:
        """As `reach_of` finds it."""
        if not able:
            return Reach(self._edition.unruled.strictness, self._edition.unruled.strictness)
        least = NOTHING_CERTAIN
        for index in members(leading):
            least = max(least, self._least_of(index, found, possible))
        most = self._strictest(able).strictness
        return Reach(least, max(most, Reach(least, most).most_without_a_winner))

    def _least_of(self, index: int, found: AppliedRules, possible: int) -> int:
        generals = self._generals[index]
        if generals and not generals & found.certain:
            return NOTHING_CERTAIN
        either = 1 << index | self._beaters[index] & found.may
        for each in members(either):
            if self._exceptions[each] & possible:
                return NOTHING_CERTAIN
        return min([outcome.strictness for outcome, level in self._levels if either & level])
