"""What is not proved over all requests is not decided by: at the start, on a reload, and where it is tried out.

Covers: api.policies.active
"""

from __future__ import annotations

import builtins
import json
import signal
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from structlog.testing import capture_logs
from typer.testing import CliRunner

import api.policies.held_sets
import api.policies.proof_gate
from api.app import create_app
from api.cli.main import app
from api.doors.running_server import running_server
from api.http.openapi import EXAMPLE_REQUEST
from api.settings import Settings
from engine import Diagnostic, PolicyFaults, PolicySet
from tests.support.server_process import Running, environment
from tests.support.waiting import PATIENCE_SECONDS

DEPARTMENT_MAY = ('handover.by in ["receiving_department", "other"]', 'handover.by == "other"')


@pytest.fixture
def no_z3(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    real = builtins.__import__

    def absent(name: str, *arguments: Any, **named: Any) -> Any:
        if name == "z3":
            raise ImportError(name)
        return real(name, *arguments, **named)

    monkeypatch.setattr(builtins, "__import__", absent)
    api.policies.proof_gate._prove.cache_clear()
    yield
    api.policies.proof_gate._prove.cache_clear()


def let_the_department_deliver(folder: Path) -> None:
    """A set without a fault that breaks an invariant: one word was taken out of a list."""
    page = folder / "directive.yaml"
    page.write_text(page.read_text().replace(*DEPARTMENT_MAY))


def policies_at(url: str, state: str) -> dict[str, Any]:
    """What /readyz says of the policies, once they are in this state; gives up after a minute."""
    until = time.monotonic() + PATIENCE_SECONDS
    while True:
        readiness: dict[str, Any] = httpx.get(f"{url}/readyz", trust_env=False).json()["policies"]
        if readiness["state"] == state or time.monotonic() > until:
            assert readiness["state"] == state, readiness
            return readiness
        time.sleep(0.05)


def test_a_set_whose_proof_fails_does_not_start_and_the_request_that_shows_it_is_reported(
    folder: Path, tmp_path: Path
) -> None:
    let_the_department_deliver(folder)
    database = tmp_path / "log.db"
    arguments = ["serve", "--policies", str(folder), "--database", str(database), "--insecure-no-auth"]
    result = CliRunner().invoke(app, arguments)
    assert result.exit_code == 2
    assert "invariants.yaml" in result.stderr
    assert "L06 `no-department-hands-over` does not hold: this request is answered `deliver`" in result.stderr
    assert '"handover": {"by": "receiving_department"' in result.stderr
    assert "channelgate policies prove" in result.stderr
    assert not database.exists()


def test_a_running_server_keeps_the_last_proved_set_and_takes_the_next_one(
    folder: Path, tmp_path: Path
) -> None:
    running = Running(environment(tmp_path) | {"CHANNELGATE_POLICIES": str(folder)})
    try:
        first = policies_at(running.url, "active")
        assert first["proof"] == "proved"
        sound = (folder / "directive.yaml").read_text()
        let_the_department_deliver(folder)
        refused = policies_at(running.url, "last_good_active")
        assert {fault["code"] for fault in refused["faults"]} == {"L06"}
        assert refused["revision"] == first["revision"]
        answer = httpx.post(f"{running.url}/v1/pre-check", json=EXAMPLE_REQUEST, trust_env=False).json()
        assert answer["policy"]["revision"] == first["revision"]
        (folder / "directive.yaml").write_text(sound + "\n# a remark\n")
        renewed = policies_at(running.url, "active")
        assert renewed["proof"] == "proved"
        assert renewed["revision"] != first["revision"]
    finally:
        running.end(signal.SIGTERM)
    events = [json.loads(line)["event"] for line in running.lines]
    assert "policies_rejected" in events
    assert "unproved_policies_accepted" not in events


def test_without_z3_nothing_is_decided_and_the_remedy_is_named(settings: Settings, no_z3: None) -> None:
    with pytest.raises(PolicyFaults, match=r"L07 .*z3 is not installed; install it: pip install z3-solver"):
        create_app(settings)


def test_a_set_that_is_accepted_unproved_is_marked_so_in_the_log_and_under_readyz(
    folder: Path, settings: Settings
) -> None:
    let_the_department_deliver(folder)
    trying = settings.model_copy(update={"accept_unproved": True})
    with capture_logs() as logs, running_server(trying) as url:
        assert policies_at(url, "active")["proof"] == "not_run"
        answer = httpx.post(f"{url}/v1/pre-check", json=EXAMPLE_REQUEST, trust_env=False)
        assert answer.status_code == 200
    (warning,) = [entry for entry in logs if entry["event"] == "unproved_policies_accepted"]
    assert warning["log_level"] == "warning"
    exported = CliRunner().invoke(app, ["log", "export", settings.database]).stdout.splitlines()
    (entry,) = [found for found in map(json.loads, exported) if found["kind"] == "policies"]
    assert entry["accepted_unproved"] is True


def test_a_set_that_is_accepted_unproved_needs_no_z3(settings: Settings, no_z3: None) -> None:
    create_app(settings.model_copy(update={"accept_unproved": True}))


def test_a_fault_comes_before_the_proof(folder: Path, settings: Settings) -> None:
    let_the_department_deliver(folder)
    (folder / "korea.yaml").write_text("policy: korea")
    with pytest.raises(PolicyFaults) as caught:
        create_app(settings)
    assert "L06" not in {fault.code for fault in caught.value.diagnostics}


@pytest.fixture
def proofs(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The revisions that are proved, in order."""
    revisions: list[str] = []

    def found(policies: PolicySet) -> tuple[Diagnostic, ...]:
        revisions.append(policies.revision)
        return ()

    monkeypatch.setattr(api.policies.proof_gate, "find_unproved", found)
    return revisions


def serve_once(settings: Settings) -> dict[str, Any]:
    """Start and stop the service; what /readyz says of its policies, once that they are active is recorded."""
    with running_server(settings) as url:
        until = time.monotonic() + PATIENCE_SECONDS
        while not exported(settings, "policies") and time.monotonic() < until:
            time.sleep(0.05)
        return policies_at(url, "active")


def exported(settings: Settings, kind: str) -> list[dict[str, Any]]:
    lines = CliRunner().invoke(app, ["log", "export", settings.database]).stdout.splitlines()
    return [found for found in map(json.loads, lines) if found["kind"] == kind]


def test_what_the_log_has_as_proved_is_not_proved_at_the_next_start(
    settings: Settings, proofs: list[str]
) -> None:
    readiness = [serve_once(settings) for _ in range(3)]
    assert len(proofs) == 1
    assert {one["proof"] for one in readiness} == {"proved"}
    entries = exported(settings, "policies")
    assert len(entries) == 3
    assert len({entry["proof"] for entry in entries}) == 1
    assert entries[0]["proof"].startswith("channelgate policies proved\n")
    assert CliRunner().invoke(app, ["log", "verify", settings.database]).exit_code == 0


def test_another_content_another_floor_and_another_key_are_proved_anew(
    folder: Path, settings: Settings, proofs: list[str], tmp_path: Path
) -> None:
    serve_once(settings)
    (folder / "directive.yaml").write_text((folder / "directive.yaml").read_text() + "\n# a remark\n")
    serve_once(settings)
    assert len(proofs) == 2
    floor = tmp_path / "another_floor.yaml"
    floor.write_bytes(settings.floor.read_bytes() + b"# a remark\n")
    another = settings.model_copy(update={"floor": floor})
    serve_once(another)
    assert len(proofs) == 3
    rotated = CliRunner().invoke(app, ["log", "rotate-key", settings.database])
    assert rotated.exit_code == 0, rotated.output
    serve_once(another)
    assert len(proofs) == 4
    serve_once(another)
    assert len(proofs) == 4


def test_another_version_of_the_program_proves_anew(
    settings: Settings, proofs: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    serve_once(settings)
    monkeypatch.setattr(api.policies.held_sets, "fingerprint_program", lambda: "another")
    serve_once(settings)
    assert len(proofs) == 2


def test_where_the_age_of_the_proof_has_a_limit_each_start_proves(
    settings: Settings, proofs: list[str]
) -> None:
    limited = settings.model_copy(update={"hold_past": "proof=P30D"})
    for _ in range(2):
        serve_once(limited)
    assert len(proofs) == 2


def test_a_service_that_finds_the_proof_never_imports_z3(folder: Path, tmp_path: Path) -> None:
    surroundings = environment(tmp_path) | {
        "CHANNELGATE_POLICIES": str(folder),
        "CHANNELGATE_CACHE": str(tmp_path / "cache"),
    }
    libraries = []
    for _ in range(2):
        running = Running(surroundings, anew=True)
        try:
            assert policies_at(running.url, "active")["proof"] == "proved"
            maps = Path(f"/proc/{running.pid}/maps").read_text()
            libraries.append({name for name in ("libz3", "yaml") if name in maps})
        finally:
            running.end(signal.SIGTERM)
    assert libraries == [{"libz3", "yaml"}, set()]
