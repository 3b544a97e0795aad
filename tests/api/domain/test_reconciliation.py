"""What falls due for a handover: of one duty stated for several lines, the term that ends first."""

import datetime as dt
from typing import Any

import pytest

from api.domain.handovers.handover import HandoverStatus, RecordedHandover
from api.domain.reconciliation import TRANSFER_RECORD, handover_dues

DELIVERED = dt.date(1965, 1, 31)


def handed_over(*terms: str | None) -> RecordedHandover:
    duty: dict[str, Any] = {
        "who": "committee",
        "must": "record it",
        "clause": "S3.12",
        "done_by": TRANSFER_RECORD,
    }
    lines = [
        {"line": line, "duties": [duty | ({} if term is None else {"within": term})]}
        for line, term in enumerate(terms, 1)
    ]
    return RecordedHandover(
        handover_id="h",
        status=HandoverStatus.IN_ORDER,
        handed_over_on=DELIVERED,
        recorded_at=dt.datetime(1965, 2, 1, tzinfo=dt.UTC),
        recorded_by="c",
        department=None,
        request_id=None,
        case_id=None,
        clearance_id=None,
        uses_up=None,
        content={"decision": {"lines": lines}, "grounds": []},
        sequence=1,
    )


@pytest.mark.parametrize(
    ("terms", "due"),
    [
        (("1 year of delivery", "10 days of delivery"), dt.date(1965, 2, 10)),
        (("10 days of delivery", "1 year of delivery"), dt.date(1965, 2, 10)),
        ((None, "10 days of delivery"), dt.date(1965, 2, 10)),
        (("30 days of delivery", "30 days of delivery"), dt.date(1965, 3, 2)),
        ((None, None), None),
    ],
)
def test_of_one_duty_of_several_lines_the_term_that_ends_first_is_due(
    terms: tuple[str | None, ...], due: dt.date | None
) -> None:
    (found,) = handover_dues([handed_over(*terms)], {}, dt.date(1965, 3, 31), frozenset())
    assert (found.due, found.overdue) == (due, due is not None)
