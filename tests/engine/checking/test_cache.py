"""What loading remembers changes nothing but the time it takes; the findings themselves: test_mistakes.

Covers: engine.checking.checked_rules, engine.checking.filled_rules
"""

from __future__ import annotations

import datetime as dt
import pickle
from collections.abc import Iterator, Sequence
from typing import Any

import pytest

from api.evidence.scenarios.policy_overlays import set_parameter
from benchmarks.grown_policies import countries, tree
from conftest import shipped_files
from engine import Document, PolicyFaults, PolicySet, decide, load_document, load_policies
from engine.analysis.mutation import Mutant, find_mutants
from engine.checking import cache, folder, policy_files
from engine.checking.clash_pairs import pairs_before, possible_pairs
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


def documents_of(files: dict[str, bytes]) -> tuple[Document, ...]:
    return tuple(load_document(name, files[name]) for name in sorted(files))


def checked(mutant: Mutant, documents: Sequence[Document]) -> object:
    """What the check gives: what a set consists of, or its faults in full."""
    try:
        return [plain(getattr(mutant.check(documents), name)) for name in ("policies", "hints", "expiries")]
    except PolicyFaults as faults:
        return plain(faults.diagnostics)


def plain(value: Any) -> str:
    return repr(value)


def test_a_small_change_checked_by_what_did_not_change_is_checked_as_if_nothing_were_remembered() -> None:
    documents = documents_of(SHIPPED)
    mutants = find_mutants(documents)[::47]
    by_difference = [checked(mutant, documents) for mutant in mutants]
    assert len(cache.RULES) > 0
    alone = []
    for mutant in mutants:
        cache.forget_everything()
        alone.append(checked(mutant, documents))
    assert by_difference == alone


def test_a_set_after_another_is_checked_as_if_it_were_the_first() -> None:
    for case in CASES[::23]:
        result_of(SHIPPED)
        after = plain(result_of(case.folder()))
        cache.forget_everything()
        assert plain(result_of(case.folder())) == after


def test_the_pairs_of_an_edition_are_those_found_before() -> None:
    for _ in range(2):
        for policy in load_policies(SHIPPED).policies:
            words = frozenset(policy.words.items())
            for edition in policy.editions:
                assert pairs_before(policy, edition, words) == tuple(possible_pairs(policy, edition))


def test_a_citation_counts_although_its_rule_was_checked_before() -> None:
    folder = {**SHIPPED, "readings.yaml": SHIPPED["readings.yaml"] + b"# a remark\n"}
    first, second = load_policies(SHIPPED), load_policies(folder)
    assert len(cache.RULES) > 0
    assert second.hints == first.hints


def test_of_many_files_only_the_changed_one_is_read_and_checked_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    files = countries(400)
    load_policies(files)
    read: list[str] = []
    checked_anew: list[str] = []
    load, check = load_document, policy_files._policies_of

    def counted_load(name: str, *more: Any) -> Document:
        read.append(name)
        return load(name, *more)

    def counted_check(source: Any, *more: Any) -> Any:
        checked_anew.append(source.document.file)
        return check(source, *more)

    monkeypatch.setattr(folder, "load_document", counted_load)
    monkeypatch.setattr(policy_files, "_policies_of", counted_check)
    changed = min(files.keys() - {"directive.yaml"})
    load_policies({**files, changed: files[changed].replace(b"So it is.", b"So it was.")})
    assert (read, checked_anew) == ([changed], [changed])


def test_a_set_of_ten_thousand_rules_fits_into_the_cache() -> None:
    content = sum(map(len, tree(10_000).values()))
    assert content < cache.MAX_BYTES // 2
    assert content < cache.MAX_SOUND_BYTES
