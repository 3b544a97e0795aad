"""Every list is paged by one parser: a `limit` or `after` that is not written plainly is refused, never cut."""

from collections.abc import Iterator
from urllib.parse import quote

import pytest

from tests.support.register_desks import RegisterDesk, serving_registers

LISTS = {
    "/v1/cases": ("committee", 1000),
    "/v1/handovers": ("committee", 200),
    "/v1/registers/lists/organised": ("committee", 1000),
    "/v1/log/entries": ("auditor", 1000),
}
"""Each paged address, who reads it, and the most that one page of it holds."""

NOT_PLAIN = [
    "000000001000000",
    "0000000011",
    "05",
    "+5",
    " 5",
    "5 ",
    "५",
    "²",
    "1e3",
    "5.0",
    "5_0",
    "0x5",
    "-1",
    "",
    "0",
    "9" * 40,
]


@pytest.fixture(scope="module")
def registers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RegisterDesk]:
    with serving_registers(tmp_path_factory.mktemp("pages")) as desk:
        yield desk


@pytest.mark.parametrize("path", LISTS)
@pytest.mark.parametrize("written", NOT_PLAIN)
def test_a_limit_that_is_no_plain_number_is_refused(registers: RegisterDesk, path: str, written: str) -> None:
    caller, most = LISTS[path]
    answer = registers.desk.call(caller, "GET", f"{path}?limit={quote(written)}")
    assert (answer.status_code, answer.json()["type"]) == (400, "/problems/invalid-request")
    assert answer.json()["errors"] == [
        {
            "parameter": "limit",
            "detail": f"is a whole number from 1 to {most}, in plain digits without leading zeros",
        }
    ]


@pytest.mark.parametrize("path", LISTS)
def test_a_limit_at_the_bound_is_taken_and_one_above_it_is_refused(
    registers: RegisterDesk, path: str
) -> None:
    caller, most = LISTS[path]
    statuses = [
        registers.desk.call(caller, "GET", f"{path}?limit={limit}").status_code
        for limit in (1, most, most + 1)
    ]
    assert statuses == [200, 200, 400]


@pytest.mark.parametrize("path", LISTS)
@pytest.mark.parametrize("name", ["limit", "after"])
def test_a_parameter_given_twice_is_refused(registers: RegisterDesk, path: str, name: str) -> None:
    answer = registers.desk.call(LISTS[path][0], "GET", f"{path}?{name}=5&{name}=5")
    assert (answer.status_code, answer.json()["type"]) == (400, "/problems/invalid-request")
    assert [error["parameter"] for error in answer.json()["errors"]] == [name]


@pytest.mark.parametrize("path", LISTS)
@pytest.mark.parametrize("after", ["", "nothing", "%00", "007"])
def test_a_place_that_is_not_there_is_refused(registers: RegisterDesk, path: str, after: str) -> None:
    answer = registers.desk.call(LISTS[path][0], "GET", f"{path}?after={after}")
    assert (answer.status_code, answer.json()["type"]) == (400, "/problems/invalid-request")
    assert [error["parameter"] for error in answer.json()["errors"]] == ["after"]


def test_every_paged_address_of_the_interface_is_in_this_table(registers: RegisterDesk) -> None:
    paths = registers.desk.client.get("/openapi.json").json()["paths"]
    paged = {
        path: limit
        for path, operations in paths.items()
        for parameter in operations.get("get", {}).get("parameters", ())
        if parameter["name"] == "limit"
        for limit in [parameter["schema"]["maximum"]]
    }
    of_proposals = {"/v1/proposals": 200}  # read page by page in tests/acceptance/test_approvals.py
    here = {path.replace("organised", "{list_id}"): most for path, (_, most) in LISTS.items()}
    assert paged == here | of_proposals
