"""The recipe for nginx: nginx takes it, and two nodes behind it are restarted under load; skipped without nginx."""

from __future__ import annotations

import itertools
import json
import shutil
import signal
import socket
import ssl
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import httpx
import pytest

from api.http.openapi import EXAMPLE_REQUEST
from api.http.refusals import STOPPING
from tests.acceptance.test_nodes import recorded_decisions
from tests.support.postgres import new_database
from tests.support.receivers import write_certificate
from tests.support.server_process import Running, environment
from tests.support.waiting import wait_until

NGINX = shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin")
RECIPE = Path(__file__).parents[2] / "deploy" / "nginx" / "channelgate.conf"
CALLERS = 4
FEW_CALLS, MANY_CALLS = "rate=1r/s", "rate=100000r/s"

pytestmark = pytest.mark.skipif(NGINX is None, reason="nginx is not installed")


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        return int(taken.getsockname()[1])


class Proxy:
    """The recipe as it stands, but for its addresses, the files of its certificate, and what is replaced besides."""

    def __init__(self, folder: Path, nodes: list[str], replaced: dict[str, str] | None = None) -> None:
        certificate = write_certificate(folder / "proxy.pem")
        self.port = free_port()
        self.url = f"https://127.0.0.1:{self.port}"
        self.tls = ssl.create_default_context(cafile=str(certificate))
        text = RECIPE.read_text()
        for shown, own in {
            "10.0.0.11:8064": nodes[0],
            "10.0.0.12:8064": nodes[1],
            "listen 443": f"listen 127.0.0.1:{self.port}",
            "/etc/channelgate/tls/fullchain.pem": str(certificate),
            "/etc/channelgate/tls/privkey.pem": str(certificate),
            **(replaced or {}),
        }.items():
            assert text.count(shown) == 1, shown
            text = text.replace(shown, own)
        (folder / "channelgate.conf").write_text(text)
        paths = "".join(
            f"{kind}_temp_path {folder}/{kind};\n"
            for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
        )
        self.file = folder / "nginx.conf"
        self.file.write_text(
            f"daemon off;\nmaster_process off;\npid {folder}/nginx.pid;\nerror_log {folder}/error.log;\n"
            f"events {{}}\nhttp {{\naccess_log off;\n{paths}include {folder}/channelgate.conf;\n}}\n"
        )

    def run(self, *options: str) -> list[str]:
        assert NGINX is not None
        return [NGINX, "-c", str(self.file), "-e", f"{self.file.parent}/error.log", *options]

    @contextmanager
    def running(self) -> Iterator[None]:
        process = subprocess.Popen(self.run())
        try:
            wait_until(self._is_listening)
            yield
        finally:
            process.terminate()
            process.wait()

    def _is_listening(self) -> bool:
        with suppress(OSError), socket.create_connection(("127.0.0.1", self.port)):
            return True
        return False

    def client(self) -> httpx.Client:
        return httpx.Client(base_url=self.url, verify=self.tls, trust_env=False)


def address_of(node: Running) -> str:
    return node.url.removeprefix("http://")


def ask(client: httpx.Client, request_id: str = "one") -> httpx.Response:
    return client.post("/v1/pre-check", json={**EXAMPLE_REQUEST, "request_id": request_id})


def test_nginx_takes_the_recipe(tmp_path: Path) -> None:
    proxy = Proxy(tmp_path, ["127.0.0.1:8064", "127.0.0.1:8065"])
    tested = subprocess.run(proxy.run("-t"), capture_output=True, text=True, check=False)
    assert tested.returncode == 0, tested.stderr
    assert "warn" not in tested.stderr


def test_what_nginx_answers_by_itself_is_what_the_service_answers(tmp_path: Path) -> None:
    nobody = [f"127.0.0.1:{free_port()}", f"127.0.0.1:{free_port()}"]
    proxy = Proxy(tmp_path, nobody, {"rate=100r/s": FEW_CALLS, "burst=200": "burst=1"})
    with proxy.running(), proxy.client() as client:
        for _ in range(4):
            answer = ask(client)
            assert answer.status_code == 503
            assert answer.headers["Retry-After"] == "5"
            assert answer.headers["Content-Type"] == "application/problem+json"
            stated = json.loads(STOPPING.to_json())
            assert answer.json().keys() == stated.keys()
            assert answer.json() | {"detail": stated["detail"]} == stated


def test_nodes_behind_nginx_are_restarted_under_load_and_each_call_is_answered(
    tmp_path: Path, postgres: Any
) -> None:
    with new_database(postgres, "behind_nginx") as url:
        settings = {
            **environment(tmp_path),
            "CHANNELGATE_DATABASE": url,
            "CHANNELGATE_SIGNING_KEY": str(tmp_path / "shared.key"),
        }
        nodes = [Running(settings), Running(settings)]
        proxy = Proxy(tmp_path, [address_of(node) for node in nodes], {"rate=100r/s": MANY_CALLS})
        answers: list[httpx.Response] = []
        stop = threading.Event()

        def go_on(caller: int) -> None:
            with proxy.client() as client:
                for number in itertools.count():
                    if stop.is_set():
                        return
                    answers.append(ask(client, f"{caller}-{number}"))

        threads = [threading.Thread(target=go_on, args=(caller,)) for caller in range(CALLERS)]
        try:
            with proxy.running():
                for thread in threads:
                    thread.start()
                try:
                    for index in range(2):
                        seen = len(answers)
                        wait_until(lambda seen=seen: len(answers) > seen + 30)  # type: ignore[misc]
                        port = address_of(nodes[index]).rpartition(":")[2]
                        assert nodes[index].end(signal.SIGTERM) == 0
                        seen = len(answers)
                        wait_until(lambda seen=seen: len(answers) > seen + 30)  # type: ignore[misc]
                        nodes[index] = Running({**settings, "CHANNELGATE_PORT": port})
                        wait_until(lambda index=index: is_ready(nodes[index]))  # type: ignore[misc]
                finally:
                    stop.set()
                    for thread in threads:
                        thread.join()
        finally:
            for node in nodes:
                node.end(signal.SIGTERM)
        assert {answer.status_code for answer in answers} <= {200, 503}
        assert all("Retry-After" in answer.headers for answer in answers if answer.status_code == 503)
        given = {answer.json()["decision_id"] for answer in answers if answer.status_code == 200}
        assert len(given) > 120
        assert given <= recorded_decisions(url)


def is_ready(node: Running) -> bool:
    return httpx.get(f"{node.url}/readyz", trust_env=False).status_code == 200
