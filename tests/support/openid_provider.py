"""A real provider of sign-ins, as a process: the package `oidc-provider` for Node, installed outside of the tree."""

from __future__ import annotations

import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.support.npm_packages import installed_package

PACKAGE = "oidc-provider@9.13.3"
SCRIPT = Path(__file__).with_name("openid_provider.mjs")
CLIENT_SECRET = "a secret & a half"


def free_port() -> int:
    """A port that nobody uses now."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


@contextmanager
def running_provider(client: str) -> Iterator[str]:
    """Run the provider on localhost for a client at an address, which is on 127.0.0.1: another site for a browser.

    Yields the issuer.
    """
    folder, port = installed_package(PACKAGE), free_port()
    process = subprocess.Popen(
        ["node", str(SCRIPT), str(port), client, str(folder)],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    assert process.stdout is not None
    try:
        assert process.stdout.readline() == "listening\n"
        yield f"http://localhost:{port}"
    finally:
        process.terminate()
        process.wait()
        process.stdout.close()
