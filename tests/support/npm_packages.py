"""Packages for Node that tests need, installed outside of the tree."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from pathlib import Path

import pytest

INSTALL_SECONDS = 240


def installed_package(package: str) -> Path:
    """The folder in which the package lies; it is installed where it is missing, once for all runs of a machine."""
    if not (shutil.which("node") and shutil.which("npm")):
        pytest.skip("there is no node with npm on this machine: apt-get install nodejs npm")
    folder = Path(tempfile.gettempdir()) / f"channelgate-{os.getuid()}-{package.replace('@', '-')}"
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
            package,
        ]
        done = subprocess.run(install, cwd=made, capture_output=True, text=True, timeout=INSTALL_SECONDS)
        if done.returncode:
            pytest.skip(f"npm cannot install {package} here: {done.stderr[-300:]}")
        try:
            made.rename(folder)  # whole or not at all, beside others that do the same
        except OSError:
            shutil.rmtree(made)
    return folder
