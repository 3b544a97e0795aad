"""The fingerprint of what computes evidence."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from api.runtime import engine_fingerprint
from api.runtime.engine_fingerprint import fingerprint_engine


def test_the_same_program_has_the_same_fingerprint() -> None:
    assert fingerprint_engine() == fingerprint_engine()
    assert len(fingerprint_engine()) == 64


def test_another_version_of_a_library_has_another_fingerprint(monkeypatch: pytest.MonkeyPatch) -> None:
    before = fingerprint_engine()
    monkeypatch.setattr(engine_fingerprint, "version", lambda _: "0.0")
    assert fingerprint_engine() != before


def test_another_source_has_another_fingerprint(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    package = tmp_path / "sample_of_a_package"
    package.mkdir()
    (package / "__init__.py").write_text("")
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setattr(engine_fingerprint, "PACKAGES", (package.name,))
    before = fingerprint_engine()
    (package / "module.py").write_text("x = 1\n")
    assert fingerprint_engine() != before


def test_what_is_fingerprinted_is_not_imported() -> None:
    code = (
        "import sys; from api.runtime.engine_fingerprint import fingerprint_engine; fingerprint_engine();"
        "print({'engine', 'api.evidence', 'z3'} & set(sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    assert done.stdout == "set()\n"
