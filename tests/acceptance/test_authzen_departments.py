"""What is known of an entity can name a department: a search by another one goes on without it."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from typing import Any

import pytest

from tests.support.authzen_calls import call_of, named
from tests.support.desks import ROOT, Desk, serving

DEPARTMENTS = {"of steel": "metallurgy", "of cloth": "textiles", "of nobody": None}


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    """A service whose policies know for which departments the missions are here."""
    folder = tmp_path_factory.mktemp("departments")
    shutil.copytree(ROOT / "policies", folder / "policies")
    file = folder / "policies" / "authzen.yaml"
    text = file.read_text().replace("  department.id: department.id\n", "")
    known = "".join(
        f"      {name}: {{{'department.id: ' + of if of else 'mission.level: national'}}}\n"
        for name, of in DEPARTMENTS.items()
    )
    before, actions, after = text.partition("\nactions:")
    file.write_text(f"{before}    known:\n{known}{actions}{after}")
    with serving(folder, policies=folder / "policies") as desk:
        yield desk


def search(desk: Desk, caller: str, **more: Any) -> Any:
    request = json.loads((ROOT / "examples" / "deliver.json").read_text())
    call = {**call_of(named(request)), **more}
    answer = desk.call(caller, "POST", "/access/v1/search/subject", call)
    assert answer.status_code == 200, answer.text
    return answer.json()


def test_whoever_is_of_no_department_finds_all(desk: Desk) -> None:
    assert [one["id"] for one in search(desk, "committee")["results"]] == list(DEPARTMENTS)


@pytest.mark.parametrize("caller", ["department", "other"])
@pytest.mark.parametrize("limit", [1, 3])
def test_a_department_is_not_asked_about_what_is_of_another(desk: Desk, caller: str, limit: int) -> None:
    page: dict[str, Any] = {"limit": limit}
    while page:
        answer = search(desk, caller, page=page)
        assert answer["results"] == []  # what the Committee has agreed to is only a claim here
        page = {"token": token} if (token := answer["page"]["next_token"]) else {}


def test_what_is_requested_for_another_department_is_refused_at_its_place_in_the_call(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    request = json.loads((ROOT / "examples" / "deliver.json").read_text())
    call = call_of(named({**request, "department": {"id": "textiles"}}))
    with serving(tmp_path_factory.mktemp("shipped")) as desk:
        alone = desk.call("department", "POST", "/access/v1/evaluation", call)
        listed = desk.call("department", "POST", "/access/v1/evaluations", {**call, "evaluations": [{}]})
    assert alone.status_code == 403
    (fault,) = alone.json()["errors"]
    assert fault["pointer"] == "/context/department/id"
    (answer,) = listed.json()["evaluations"]
    assert (answer["decision"], answer["context"]["error"]["status"]) == (False, 403)
    assert answer["context"]["error"]["errors"] == [fault]
