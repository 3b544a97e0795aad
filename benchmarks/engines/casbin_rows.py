"""casbin: attributes against the columns of its policy, row by row, until one holds.

The matcher reads columns and so is parsed once; a policy that holds expressions for casbin's `eval()` has them parsed
again for every row and request, and took four times as long and more. The outcome is that of the row that held
(`enforce_ex`).
"""

from __future__ import annotations

import logging
from collections.abc import Sequence

import casbin

from benchmarks.engines.content import NOT_GOVERNED, READ, Rule, write_rows
from benchmarks.engines.protocol import COUNTRY, EngineForm, Stated, by_country, plain_name

COLUMNS = (COUNTRY, *READ)
_NAMES = [plain_name(name) for name in COLUMNS]
_TESTS = [f'(p.{name} == "*" || r.{name} == p.{name})' for name in _NAMES[1:]]
MODEL = f"""
[request_definition]
r = {", ".join(_NAMES)}
[policy_definition]
p = {", ".join(_NAMES)}, outcome
[policy_effect]
e = some(where (p.eft == allow))
[matchers]
m = r.{_NAMES[0]} == p.{_NAMES[0]} && {" && ".join(_TESTS)}
"""


def _word(value: str | bool | int) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


class Enforcer:
    """One enforcer; its policy is stored in the order of the rows."""

    def __init__(self, rules: Sequence[Rule]) -> None:
        # It would log every refusal.
        logging.getLogger("casbin").setLevel(logging.ERROR)
        model = casbin.Model()
        model.load_model_from_text(MODEL)
        self._enforcer = casbin.Enforcer(model)
        rows = []
        for row in write_rows(rules):
            when = {COUNTRY: row.country, **row.when}
            rows.append([*(_word(when.get(name, "*")) for name in COLUMNS), row.outcome])
        self._enforcer.add_policies(rows)

    def prepare(self, stated: Stated) -> list[str]:
        return [_word(stated[name]) for name in _NAMES]

    def decide(self, prepared: list[str]) -> str:
        held, row = self._enforcer.enforce_ex(*prepared)
        return row[-1] if held else NOT_GOVERNED


FORMS = [
    EngineForm("casbin", "rows of one policy", "casbin", Enforcer),
    EngineForm("casbin", "an enforcer for each country", "casbin", by_country(Enforcer), by_hand=True),
]
