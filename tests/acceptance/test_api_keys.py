"""API keys are listed, rotated, ended and revoked, by command and by call.

Covers: api.http.routes.api_keys, api.http.authentication.key_file, api.cli.keys_changes
"""

from __future__ import annotations

import json
import os
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from api.cli.main import app
from api.domain.identity import IdentityFault
from api.http.authentication.key_file import (
    UnknownKey,
    add_api_key,
    end_api_keys,
    new_api_key,
    read_keys,
    renew_api_key,
    revoke_api_keys,
    rotate_api_key,
)
from tests.support.desks import Desk, serving
from tests.support.shipped_roles import AUDITOR, COMMITTEE
from tests.support.waiting import wait_until

ACT = "/v1/policies"


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    with serving(tmp_path) as desk:
        yield desk


def status(desk: Desk, key: str) -> int:
    headers = {"Authorization": f"Bearer {key}"}
    return desk.client.get(ACT, headers=headers).status_code


def run(folder: Path, *arguments: str) -> Result:
    return CliRunner().invoke(app, ["keys", *arguments, "--file", str(folder / "keys.json")])


def api_key_entries(desk: Desk) -> list[dict[str, Any]]:
    page = desk.call("auditor", "GET", "/v1/log/entries").json()["entries"]
    return [entry for entry in page if entry["kind"] == "api_key"]


# -- by call -------------------------------------------------------------------------------------------------


def test_the_list_names_holders_and_no_key_can_be_made_out(desk: Desk) -> None:
    answer = desk.call("committee", "GET", "/v1/keys")
    listed = {key["name"]: key for key in answer.json()["keys"]}
    assert listed.keys() == desk.keys.keys()
    assert listed["department"]["department"] == "metallurgy"
    assert not any(key in answer.text for key in desk.keys.values())


def test_a_revoked_key_calls_nothing_more_and_the_log_says_who_revoked_it(desk: Desk) -> None:
    assert status(desk, desk.keys["liaison"]) == 200
    revoked = desk.call("committee", "POST", "/v1/keys/liaison/revocation").json()["revoked"]
    wait_until(lambda: status(desk, desk.keys["liaison"]) == 401)
    (entry,) = api_key_entries(desk)
    assert (entry["key"], entry["act"], entry["caller"]) == ("liaison", "revoked", "committee")
    assert entry["fingerprints"] == [key["fingerprint"] for key in revoked]
    assert desk.call("committee", "POST", "/v1/keys/liaison/revocation").status_code == 404


def test_a_holder_gets_a_new_key_and_the_old_one_counts_for_a_day(desk: Desk, tmp_path: Path) -> None:
    answer = desk.call("department", "POST", "/v1/keys/rotation")
    assert (answer.status_code, answer.headers["cache-control"]) == (201, "no-store")
    made = answer.json()
    assert made["stored"]["department"] == "metallurgy"
    wait_until(lambda: status(desk, made["key"]) == 200)
    assert status(desk, desk.keys["department"]) == 200
    left = datetime.fromisoformat(made["old_ends_at"]) - datetime.now(UTC)
    assert timedelta(hours=23) < left < timedelta(hours=25)
    (entry,) = api_key_entries(desk)
    assert entry["act"] == "rotated"
    assert made["key"] not in json.dumps(entry)
    assert made["key"] not in (tmp_path / "keys.json").read_text()


def test_a_key_that_ends_makes_none_that_lasts_longer(desk: Desk, tmp_path: Path) -> None:
    end = (datetime.now(UTC) + timedelta(days=3)).replace(microsecond=0)
    end_api_keys(tmp_path / "keys.json", "auditor", end)
    for _ in range(2):  # the second call is as after an answer that was lost
        made = desk.call("auditor", "POST", "/v1/keys/rotation").json()
        assert datetime.fromisoformat(made["stored"]["expires_at"]) == end


def test_where_the_file_cannot_be_changed_nothing_is_recorded(desk: Desk, tmp_path: Path) -> None:
    content = (tmp_path / "keys.json").read_bytes()
    (tmp_path / "keys.json").write_bytes(b"{")
    answer = desk.call("committee", "GET", "/v1/keys")
    if answer.status_code != 401:  # within a tenth of a second the file is not looked at again
        assert (answer.status_code, answer.json()["type"]) == (503, "/problems/keys-not-changed")
    (tmp_path / "keys.json").write_bytes(content)
    wait_until(lambda: desk.call("auditor", "GET", "/v1/keys").status_code == 200)
    assert not api_key_entries(desk)


# -- by command ----------------------------------------------------------------------------------------------


def test_the_commands_list_rotate_end_and_revoke(desk: Desk, tmp_path: Path) -> None:
    first = run(tmp_path, "list").stdout.splitlines()
    assert len(first) == len(desk.keys)
    assert all(line.endswith(": does not end") for line in first)

    rotated = run(tmp_path, "rotate", "auditor", "--overlap", "0", "--days", "30").stdout.strip()
    wait_until(lambda: (status(desk, rotated), status(desk, desk.keys["auditor"])) == (200, 401))
    shown = [line for line in run(tmp_path, "list").stdout.splitlines() if "auditor (auditor)" in line]
    assert [" ended at " in line or " ends at " in line for line in shown] == [True, True]

    assert run(tmp_path, "expire", "committee", "--days", "1").stdout.count(" ends at ") == 1
    assert status(desk, desk.keys["committee"]) == 200
    assert run(tmp_path, "revoke", "auditor").stdout.count("revoked: ") == 2
    wait_until(lambda: status(desk, rotated) == 401)


@pytest.mark.parametrize(
    "command", [["revoke"], ["rotate"], ["expire", "--days", "3"]], ids=lambda words: words[0]
)
def test_a_name_without_a_key_is_a_clear_mistake(tmp_path: Path, command: list[str]) -> None:
    add_api_key(tmp_path / "keys.json", new_api_key("c", COMMITTEE)[1])
    result = run(tmp_path, command[0], "nobody", *command[1:])
    assert result.exit_code == 2
    assert "has no key of nobody" in result.stderr
    assert "keys list" in result.stderr


def test_a_new_key_can_have_an_end(tmp_path: Path) -> None:
    assert run(tmp_path, "new", "--name", "c", "--role", "committee", "--days", "7").exit_code == 0
    (key,) = read_keys(tmp_path / "keys.json").keys
    assert key.expires_at is not None
    assert timedelta(days=6) < key.expires_at - datetime.now(UTC) < timedelta(days=8)


# -- the file ------------------------------------------------------------------------------------------------


def test_an_earlier_end_is_not_put_off(tmp_path: Path) -> None:
    path, now = tmp_path / "keys.json", datetime.now(UTC)
    add_api_key(path, new_api_key("c", COMMITTEE, expires_at=now + timedelta(days=1))[1])
    (key,) = end_api_keys(path, "c", now + timedelta(days=9))
    assert key.expires_at == now + timedelta(days=1)
    _, stored = rotate_api_key(path, "c", now + timedelta(days=5))
    assert [one.expires_at for one in read_keys(path).keys] == [now + timedelta(days=1), None]
    assert stored.role == "committee"


def test_two_keys_of_a_name_without_an_end_are_a_fault_of_the_file(tmp_path: Path) -> None:
    path = tmp_path / "keys.json"
    add_api_key(path, new_api_key("c", COMMITTEE)[1])
    content = json.loads(path.read_text())
    path.write_text(json.dumps({"keys": content["keys"] * 2}))
    with pytest.raises(IdentityFault, match="has a fault"):
        read_keys(path)
    with pytest.raises(IdentityFault, match="has a fault"):
        revoke_api_keys(path, "c")


def test_two_keys_of_a_name_for_different_roles_are_a_fault_of_the_file(tmp_path: Path) -> None:
    """Whoever holds the one could else get a key for the role of the other."""
    path = tmp_path / "keys.json"
    add_api_key(path, new_api_key("c", COMMITTEE)[1])
    content = json.loads(path.read_text())
    (key,) = content["keys"]
    other = {**key, "role": "auditor", "expires_at": "2099-01-01T00:00:00Z"}
    path.write_text(json.dumps({"keys": [other, key]}))
    with pytest.raises(IdentityFault, match="has a fault"):
        renew_api_key(path, "c", datetime.now(UTC))


def test_the_first_keys_at_once_lose_nothing(tmp_path: Path) -> None:
    path, names = tmp_path / "keys.json", [f"c{number}" for number in range(8)]
    together = threading.Barrier(len(names))

    def add(name: str) -> None:
        together.wait()
        add_api_key(path, new_api_key(name, COMMITTEE)[1])

    threads = [threading.Thread(target=add, args=[name]) for name in names]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(key.name for key in read_keys(path).keys) == names


@pytest.mark.skipif(os.geteuid() != 0, reason="only the superuser gives a file to somebody else")
def test_the_file_stays_that_of_the_service_whoever_changes_it(tmp_path: Path) -> None:
    path = tmp_path / "keys.json"
    add_api_key(path, new_api_key("c", COMMITTEE)[1])
    os.chown(path, 12_345, 12_346)
    os.chmod(path, 0o640)
    add_api_key(path, new_api_key("d", COMMITTEE)[1])
    left = path.stat()
    assert (left.st_uid, left.st_gid, left.st_mode & 0o777) == (12_345, 12_346, 0o640)


def test_changes_at_once_lose_nothing(tmp_path: Path) -> None:
    path = tmp_path / "keys.json"
    add_api_key(path, new_api_key("first", AUDITOR)[1])
    names = [f"n{number}" for number in range(24)]
    threads = [
        threading.Thread(target=add_api_key, args=(path, new_api_key(name, COMMITTEE)[1])) for name in names
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert {key.name for key in read_keys(path).keys} == {"first", *names}
    with pytest.raises(UnknownKey):
        revoke_api_keys(path, "nobody")
