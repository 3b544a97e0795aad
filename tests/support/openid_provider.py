"""A real provider of sign-ins, as a process: the package `oidc-provider` for Node, installed outside of the tree."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

PACKAGE = "oidc-provider@9.13.3"
SCRIPT = Path(__file__).with_name("openid_provider.mjs")
INSTALL_SECONDS = 240
CLIENT_SECRET = "a secret & a half"


def installed_provider() -> Path:
    """The folder in which the package lies; it is installed where it is missing, once for all runs of a machine."""
    if not (shutil.which("node") and shutil.which("npm")):
        pytest.skip("there is no node with npm on this machine: apt-get install nodejs npm")
    folder = Path(tempfile.gettempdir()) / f"channelgate-{os.getuid()}-{PACKAGE.replace('@', '-')}"
    if not (folder / "node_modules").is_dir():
        made = Path(tempfile.mkdtemp(prefix="channelgate-npm-"))
        (made / "package.json").write_text('{"private": true}')
        install = [
            "npm",
            "install",
            "--no-audit",
            "--no-fund",
            "--ignore-scripts",
            "--no-package-lock",
            PACKAGE,
        ]
        done = subprocess.run(install, cwd=made, capture_output=True, text=True, timeout=INSTALL_SECONDS)
        if done.returncode:
            pytest.skip(f"npm cannot install {PACKAGE} here: {done.stderr[-300:]}")
        try:
            made.rename(folder)  # whole or not at all, beside others that do the same
        except OSError:
            shutil.rmtree(made)
    return folder


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
    folder, port = installed_provider(), free_port()
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
