"""A comparison of two policy sets as JSON."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import Any

from api.domain.backtest_result import BacktestResult
from api.files.comparison.page import Page


def write_json(page: Page) -> str:
    """Return the page as JSON."""
    return json.dumps(comparison_data(page), indent=2, ensure_ascii=False) + "\n"


def comparison_data(page: Page) -> dict[str, Any]:
    """Return the members of the page."""
    plain: dict[str, Any] = {
        "more_permissive": page.more_permissive,
        "below_floor": [one.model_dump(mode="json", exclude_none=True) for one in page.below],
        **page.comparison.model_dump(mode="json", exclude_none=True),
    }
    if page.unknown_words:
        plain["unknown_words"] = [asdict(one) for one in page.unknown_words]
    if page.history:
        plain["history"] = _history(page.history)
    return plain


def _history(history: BacktestResult) -> dict[str, Any]:
    return {
        "requests": history.requests,
        "lines": history.lines,
        "more_permissive": history.more_permissive,
        "outcomes": [
            {"was": was, "becomes": becomes, "lines": count}
            for (was, becomes), count in history.outcomes.items()
        ],
        "clauses": dict(history.clauses),
        "countries": dict(history.countries),
        "changed": [
            {
                "request_id": line.request_id,
                "line": line.line,
                "countries": list(line.countries),
                "was": line.was,
                "becomes": line.becomes,
                "direction": line.direction or "what_is_said",
                "rules_before": list(line.rules_before),
                "rules_after": list(line.rules_after),
            }
            for line in history.changed
        ],
        "in_old_words": [asdict(one) for one in history.in_old_words],
    }
