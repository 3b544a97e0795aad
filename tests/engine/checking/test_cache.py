"""What loading remembers changes nothing but the time it takes; the findings themselves: test_mistakes."""

from __future__ import annotations

import datetime as dt
import pickle
from collections.abc import Iterator

import pytest

from api.evidence.scenarios.policy_overlays import set_parameter
from conftest import shipped_files
from engine import PolicyFaults, PolicySet, decide, load_policies
from engine.checking import cache
from engine.checking.clash_search import ClashSearch, Searched
from tests.support.mistakes import read_cases
from tests.support.shipped_words import make_request

SHIPPED = shipped_files()
CASES = [case for case in read_cases() if all(len(text) < 100_000 for text in case.folder().values())]
CLASHING = next(case for case in CASES if any(finding["is"].startswith("X01 ") for finding in case.findings))


@pytest.fixture(autouse=True)
def nothing_remembered() -> Iterator[None]:
    cache.forget_everything()
    yield
    cache.forget_everything()


def result_of(files: dict[str, bytes]) -> PolicySet | tuple[str, ...]:
    try:
        return load_policies(files)
    except PolicyFaults as faults:
        return tuple(map(str, faults.diagnostics))


def test_a_set_loaded_again_is_equal_and_another_one() -> None:
    one, other = load_policies(SHIPPED), load_policies(SHIPPED)
    assert pickle.dumps(one) == pickle.dumps(other)
    assert one is not other


def test_what_deciding_worked_out_for_one_holder_is_not_handed_to_another() -> None:
    one = load_policies(SHIPPED)
    request = make_request({"request_id": "r", "as_of": "1965-03-01", "items": [{}]})
    decide(one, request, decision_id="d", evaluated_at=dt.datetime(1965, 3, 1, tzinfo=dt.UTC))
    assert one.slot.compiled is not None
    assert load_policies(SHIPPED).slot.compiled is None


def test_faults_are_raised_each_time() -> None:
    first, second = result_of(CLASHING.folder()), result_of(CLASHING.folder())
    assert first == second
    assert isinstance(first, tuple)


def test_a_clash_found_before_is_found_in_another_set_too() -> None:
    alone = result_of(CLASHING.folder())
    slot = {**CLASHING.folder(), "remark.yaml": b"readings: []\n"}
    cache.forget_everything()
    result_of(slot)
    assert len(cache.CLASH_SEARCHES) > 0
    assert result_of(CLASHING.folder()) == alone


def test_the_shipped_set_is_searched_again_only_where_it_changed(monkeypatch: pytest.MonkeyPatch) -> None:
    searched: list[object] = []
    run = ClashSearch.run

    def counted(search: ClashSearch) -> Searched:
        searched.append(search.key)
        return run(search)

    monkeypatch.setattr(ClashSearch, "run", counted)
    load_policies(SHIPPED)
    whole = len(searched)
    searched.clear()
    condition = b'item.channel.attache_confirmation == "declined"'
    assert SHIPPED["korea.yaml"].count(condition) == 1
    load_policies(
        {
            **SHIPPED,
            "korea.yaml": SHIPPED["korea.yaml"].replace(condition, condition + b" and item.published"),
        }
    )
    assert 0 < len(searched) < whole
    searched.clear()
    changed = dict(SHIPPED)
    set_parameter("albania.yaml", "next_session", 3)(changed)
    load_policies(changed)
    assert searched == []
    load_policies({name: text + b"# a remark\n" for name, text in SHIPPED.items()})
    assert searched == []
