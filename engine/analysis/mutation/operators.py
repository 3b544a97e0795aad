"""The ways in which a policy text is changed to see whether a scenario notices."""

from __future__ import annotations

from enum import StrEnum


class Operator(StrEnum):
    """One way to change a policy; docs/explain/mutants.md has a paragraph for each."""

    DROP_CONDITION = "drop-condition"
    NEGATE_CONDITION = "negate-condition"
    SWAP_CONNECTIVE = "swap-connective"
    CHANGE_WORD = "change-word"
    DROP_WORD = "drop-word"
    CHANGE_NUMBER = "change-number"
    SHIFT_DATE = "shift-date"
    DROP_EXCEPTION = "drop-exception"
    DROP_BEATS = "drop-beats"
    EXCHANGE_ROWS = "exchange-rows"
    DROP_RULE = "drop-rule"
    CHANGE_OUTCOME = "change-outcome"
    DROP_DUTY = "drop-duty"
    CHANGE_PARTY = "change-party"
    DROP_CLAUSE = "drop-clause"
    DROP_READING = "drop-reading"
    SUSPEND_RULE = "suspend-rule"
    DROP_DEVIATION = "drop-deviation"
    CHANGE_PARAMETER = "change-parameter"
