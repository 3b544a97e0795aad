"""Every entry as an event of OCSF: valid by the schema of the version it names, saying no more than was decided."""

import datetime as dt
from typing import Any

import pytest

from api.ledger.entries import Entry, EntryKind
from api.ledger.export import as_event
from engine import Outcome
from tests.support.ocsf import find_ocsf_faults

AT = dt.datetime(1965, 3, 2, 9, tzinfo=dt.UTC)
NOT_DECIDED = {Outcome.NOT_GOVERNED, Outcome.NEEDS_INFORMATION, Outcome.REFER}


def decided(outcome: str) -> dict[str, Any]:
    return as_event(Entry(EntryKind.DECISION, "d-1", AT, {"outcome": outcome, "caller": "desk"}))


@pytest.mark.parametrize("members", [{}, {"caller": "desk"}])
@pytest.mark.parametrize("kind", sorted(set(EntryKind) - {EntryKind.DECISION}))
def test_every_kind_of_entry_is_valid_by_the_schema_it_names(kind: EntryKind, members: Any) -> None:
    assert list(find_ocsf_faults(as_event(Entry(kind, "k-1", AT, members)))) == []


@pytest.mark.parametrize("outcome", Outcome)
def test_every_outcome_is_valid_by_the_schema_it_names(outcome: Outcome) -> None:
    assert list(find_ocsf_faults(decided(outcome))) == []


@pytest.mark.parametrize("outcome", Outcome)
def test_denied_is_only_what_was_decided_against_and_allowed_only_what_is_permitted(outcome: Outcome) -> None:
    action = decided(outcome)["action_id"]
    assert (action == 1) is outcome.permits
    assert (action == 2) is (not outcome.permits and outcome not in NOT_DECIDED)


@pytest.mark.parametrize("outcome", [*sorted(NOT_DECIDED), "an_outcome_of_a_later_version"])
def test_what_was_not_decided_is_named(outcome: str) -> None:
    event = decided(outcome)
    assert (event["action_id"], event["action"]) == (99, outcome)
    assert list(find_ocsf_faults(event)) == []
