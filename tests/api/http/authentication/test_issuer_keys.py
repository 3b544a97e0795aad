"""The issuer's keys change, fail and come back while the service answers; most calls here are pre-checks alone.

Covers: api.domain.identity, api.http.routes.health, api.parsing.problems
"""

from __future__ import annotations

import asyncio
import itertools
import threading
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest
from joserfc.jwk import ECKey, Key
from structlog.testing import capture_logs

from api.app import create_app
from api.domain.identity import IssuerUnavailable, KeyState
from api.doors.running_server import running_app
from api.http.authentication.issuer_keys import IssuerKeys, KeyTiming
from api.http.authentication.key_file import add_api_key, new_api_key
from api.http.openapi import EXAMPLE_REQUEST
from api.settings import Settings
from tests.api.http.authentication.test_jwt import AUDIENCE, EC, ISSUER, LATE, STRANGER, document, token
from tests.support.desks import ROOT
from tests.support.key_server import KeyServer, key_server
from tests.support.shipped_roles import AUDITOR
from tests.support.waiting import wait_until

HOUR = KeyTiming(refresh_after=0.4, min_interval=0.1, trust_period=5)
"""An hour in five seconds: keys are read again twelve times in it."""
ON_DEMAND = KeyTiming(min_interval=0.1)
"""The keys are read again for a key that is not at hand, and not by themselves while a test lasts."""
EAGER = KeyTiming(refresh_after=0.02, min_interval=0.01)
FAILURES = [500, 302, b"no JSON", b"{}", b'{"keys": 7}', b'{"keys": []}', b"[" * 99_999]


class Service:
    """A running service that takes the tokens of one issuer, and its callers."""

    def __init__(self, client: httpx.Client) -> None:
        self._client = client

    def pre_check(self, key: Key = EC, **header: Any) -> httpx.Response:
        """A pre-check by the holder of a token that is signed with this key: the fast path."""
        return self._client.post("/v1/pre-check", json=EXAMPLE_REQUEST, headers=signed(key, header))

    def policies(self, key: Key = EC) -> httpx.Response:
        """A call of the ordinary route."""
        return self._client.get("/v1/policies", headers=signed(key, {}))

    def readiness(self) -> httpx.Response:
        return self._client.get("/readyz")

    def trust(self) -> Any:
        """The state of the issuer's keys."""
        return self.readiness().json()["issuer_keys"]["state"]


def signed(key: Key, header: dict[str, Any]) -> dict[str, str]:
    now = int(time.time())
    credential = token(key, header=header, iat=now, exp=now + 300, role="committee")
    return {"Authorization": f"Bearer {credential}"}


@contextmanager
def serving(folder: Path, issuer: KeyServer, timing: KeyTiming, **more: Any) -> Iterator[Service]:
    settings = Settings(
        policies=ROOT / "policies",
        database=str(folder / "log.db"),
        jwks=issuer.url,
        issuer=ISSUER,
        audience=AUDIENCE,
        **more,
    )
    with (
        running_app(create_app(settings, timing)) as address,
        httpx.Client(base_url=address, trust_env=False, timeout=30) as client,
    ):
        yield Service(client)


@pytest.fixture
def issuer() -> Iterator[KeyServer]:
    with key_server(document(EC)) as running:
        yield running


def test_a_rotated_key_identifies_at_its_first_pre_check(tmp_path: Path, issuer: KeyServer) -> None:
    with serving(tmp_path, issuer, ON_DEMAND) as service:
        assert service.pre_check().status_code == 200
        issuer.answer = document(EC, LATE)
        assert service.pre_check(LATE).status_code == 200
        assert (service.pre_check().status_code, service.policies(LATE).status_code) == (200, 200)
        assert issuer.readings == 2


def test_an_hour_of_pre_checks_alone_is_answered(tmp_path: Path, issuer: KeyServer) -> None:
    with serving(tmp_path, issuer, HOUR) as service:
        over = time.monotonic() + HOUR.trust_period + HOUR.refresh_after
        while time.monotonic() < over:
            assert service.pre_check().status_code == 200


def test_a_withdrawn_key_identifies_nobody_by_pre_checks_alone(tmp_path: Path, issuer: KeyServer) -> None:
    with serving(tmp_path, issuer, EAGER) as service:
        assert service.pre_check().status_code == 200
        issuer.answer = document(LATE)
        wait_until(lambda: service.pre_check().status_code == 401)
        assert "No key of the issuer" in service.pre_check().json()["detail"]
        assert service.pre_check(LATE).status_code == 200


def test_a_withdrawn_key_is_dropped_though_nobody_calls(tmp_path: Path, issuer: KeyServer) -> None:
    with serving(tmp_path, issuer, KeyTiming(refresh_after=0.02)) as service:
        issuer.answer = document(LATE)
        before = issuer.readings
        wait_until(lambda: issuer.readings > before + 1)
        assert service.pre_check().status_code == 401


def test_an_issuer_that_fails_is_shown_and_its_keys_are_trusted(tmp_path: Path, issuer: KeyServer) -> None:
    with capture_logs() as lines, serving(tmp_path, issuer, EAGER) as service:
        assert service.trust() == "current"
        issuer.answer = 500
        wait_until(lambda: service.trust() == "last_good_trusted")
        before = issuer.readings
        wait_until(lambda: issuer.readings > before + 5)
        assert (service.pre_check().status_code, service.policies().status_code) == (200, 200)
        assert service.readiness().status_code == 200
        issuer.answer = document(EC)
        wait_until(lambda: service.trust() == "current")
    events = [line for line in lines if line["event"].startswith("issuer_keys")]
    assert [line["event"] for line in events] == ["issuer_keys_not_read", "issuer_keys_read"]
    assert events[0]["log_level"] == "error"
    assert issuer.url in events[0]["reason"]


def test_while_the_issuer_fails_an_unknown_key_is_not_called_a_bad_token(
    tmp_path: Path, issuer: KeyServer
) -> None:
    with serving(tmp_path, issuer, ON_DEMAND) as service:
        issuer.answer = 500
        for answer in (service.pre_check(LATE), service.policies(LATE)):
            assert (answer.status_code, answer.headers["retry-after"]) == (503, "5")
            assert answer.json()["type"] == "/problems/issuer-unavailable"
        forged = service.pre_check(STRANGER)
        assert (forged.status_code, forged.json()["type"]) == (401, "/problems/not-identified")
        assert service.readiness().json()["counters"]["issuer_unavailable"] == 2
        issuer.answer = document(EC, LATE)
        assert service.pre_check(LATE).status_code == 200


@pytest.mark.parametrize("with_api_keys", [False, True])
def test_keys_too_old_to_be_trusted_identify_nobody_until_they_are_read(
    tmp_path: Path, issuer: KeyServer, with_api_keys: bool
) -> None:
    more: dict[str, Any] = {}
    if with_api_keys:
        more["api_keys"] = tmp_path / "keys.json"
        add_api_key(tmp_path / "keys.json", new_api_key("audit", AUDITOR)[1])
    timing = KeyTiming(refresh_after=0.02, min_interval=0.01, trust_period=1)
    with capture_logs() as lines, serving(tmp_path, issuer, timing, **more) as service:
        wait_until(lambda: service.pre_check().status_code == 200)
        issuer.answer = 500
        wait_until(lambda: service.pre_check().status_code == 503)
        for answer in (service.pre_check(), service.pre_check(LATE), service.policies()):
            assert answer.status_code == 503
            assert answer.json()["type"] == "/problems/issuer-unavailable"
            assert answer.headers["retry-after"] == "5"
        readiness = service.readiness()
        if with_api_keys:
            assert (readiness.status_code, service.trust()) == (200, "expired")
        else:
            assert readiness.json()["type"] == "/problems/issuer-unavailable"
            assert readiness.status_code == 503
        issuer.answer = document(EC)
        wait_until(lambda: service.pre_check().status_code == 200)
    events = [line["event"] for line in lines if line["event"].startswith("issuer_keys")]
    assert events == ["issuer_keys_not_read", "issuer_keys_expired", "issuer_keys_read"]


def test_made_up_names_of_keys_do_not_keep_a_new_key_from_being_learned(
    tmp_path: Path, issuer: KeyServer
) -> None:
    names, over = itertools.count(), threading.Event()
    refused: list[int] = []

    def make_up(service: Service) -> None:
        while not over.is_set():
            refused.append(service.pre_check(STRANGER, kid=f"made up {next(names)}").status_code)

    with serving(tmp_path, issuer, ON_DEMAND) as service:
        strangers = [threading.Thread(target=make_up, args=(service,)) for _ in range(4)]
        for stranger in strangers:
            stranger.start()
        try:
            wait_until(lambda: bool(refused))
            for number in range(3):
                new = ECKey.generate_key("P-256", {"kid": f"new {number}"})
                issuer.answer = document(EC, new)
                assert service.pre_check(new).status_code == 200
        finally:
            over.set()
            for stranger in strangers:
                stranger.join()
    assert set(refused) == {401}


# -- the keys by themselves ----------------------------------------------------------------------------------


class Monotonic:
    """A monotonic clock that stands still until it is set."""

    now = 0.0

    def __call__(self) -> float:
        return self.now


def any_key(_: Key) -> bool:
    return True


async def until(true: Callable[[], bool]) -> None:
    await asyncio.to_thread(wait_until, true)


def refreshing(keys: IssuerKeys, work: Callable[[], Awaitable[None]]) -> None:
    """Do the work while the keys are being read again."""

    async def both() -> None:
        task = asyncio.create_task(keys.keep_fresh())
        try:
            await work()
        finally:
            task.cancel()
            await asyncio.wait([task])
        assert task.cancelled()

    asyncio.run(both())


@pytest.mark.parametrize("failure", FAILURES)
def test_keys_that_cannot_be_read_again_are_trusted_for_an_hour(
    issuer: KeyServer, failure: bytes | int
) -> None:
    clock = Monotonic()
    keys = IssuerKeys(issuer.url, EAGER, clock)

    async def outage() -> None:
        issuer.answer = failure
        await until(lambda: keys.trust.state is KeyState.LAST_GOOD)
        clock.now += 3599
        assert keys.find("ec", any_key)
        assert keys.trust.trusted_seconds == 1
        clock.now += 1
        with pytest.raises(IssuerUnavailable):
            keys.find("ec", any_key)
        assert keys.trust.state is KeyState.EXPIRED
        issuer.answer = document(EC)
        await until(lambda: keys.trust.state is KeyState.CURRENT)
        assert keys.find("ec", any_key)

    refreshing(keys, outage)
    assert set(issuer.paths) == {"/keys"}  # a redirect is not followed


def test_a_fault_nobody_thought_of_does_not_end_the_reading(
    issuer: KeyServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    keys = IssuerKeys(issuer.url, EAGER)

    def fail(_: Any) -> None:
        raise RuntimeError("unheard-of")

    async def fault_and_mending() -> None:
        with monkeypatch.context() as patched:
            patched.setattr("api.http.authentication.jwks.import_key", fail)
            await until(lambda: keys.trust.state is KeyState.LAST_GOOD)
        await until(lambda: keys.trust.state is KeyState.CURRENT)

    refreshing(keys, fault_and_mending)


def test_calls_that_wait_for_a_key_share_a_reading(issuer: KeyServer) -> None:
    keys = IssuerKeys(issuer.url, KeyTiming(min_interval=0))

    async def call() -> None:
        issuer.answer = document(EC, LATE)
        names = [*(f"made up {number}" for number in range(50)), "late"]
        found = await asyncio.gather(*(keys.look_up(name, any_key) for name in names))
        assert [key.kid for key in found if key] == ["late"]
        assert issuer.readings == 2

    refreshing(keys, call)


def test_a_call_waits_for_a_reading_that_began_after_it(issuer: KeyServer) -> None:
    keys = IssuerKeys(issuer.url, KeyTiming(min_interval=0))

    async def call_during_a_reading() -> None:
        issuer.gate = threading.Semaphore(0)
        before = asyncio.create_task(keys.look_up("made up", any_key))
        await until(lambda: issuer.readings == 2)
        during = asyncio.create_task(keys.look_up("late", any_key))
        await asyncio.sleep(0)
        issuer.gate.release()
        assert await before is None
        issuer.answer = document(EC, LATE)
        issuer.gate.release()
        found = await during
        assert found is not None
        assert issuer.readings == 3

    refreshing(keys, call_during_a_reading)


def test_a_call_that_is_dropped_while_it_waits_drops_no_reading(issuer: KeyServer) -> None:
    keys = IssuerKeys(issuer.url, ON_DEMAND)

    async def drop() -> None:
        issuer.gate = threading.Semaphore(0)
        dropped = asyncio.create_task(keys.look_up("late", any_key))
        await until(lambda: issuer.readings == 2)
        dropped.cancel()
        await asyncio.wait([dropped])
        issuer.answer = document(EC, LATE)
        issuer.gate.release()
        await until(lambda: keys.find("late", any_key) is not None)

    refreshing(keys, drop)


def test_without_the_task_a_call_is_not_left_waiting(issuer: KeyServer) -> None:
    keys = IssuerKeys(issuer.url, KeyTiming(min_interval=0, max_wait=0.01))
    with pytest.raises(IssuerUnavailable):
        asyncio.run(keys.look_up("late", any_key))


def test_the_task_ends_though_the_issuer_does_not_answer(issuer: KeyServer) -> None:
    keys = IssuerKeys(issuer.url, EAGER)

    async def end_during_a_reading() -> None:
        issuer.gate = threading.Semaphore(0)
        before = issuer.readings
        task = asyncio.create_task(keys.keep_fresh())
        await until(lambda: issuer.readings > before)
        task.cancel()
        await asyncio.wait([task])
        assert task.cancelled()
        issuer.gate.release(issuer.readings)

    asyncio.run(end_during_a_reading())
