"""The types and calls of the Python client are those of the OpenAPI document, whatever the policies."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from channelgate_client.generator.__main__ import main, python_files
from channelgate_client.generator.document import read_document
from tests.acceptance.test_interface import FOLDERS, document_of

GENERATED = Path(__file__).parents[2] / "clients/python/channelgate_client/generated"


@pytest.mark.parametrize("folder", list(FOLDERS))
def test_the_modules_are_what_the_generator_makes_of_the_document(folder: str, tmp_path: Path) -> None:
    made = python_files(read_document(document_of(FOLDERS[folder], tmp_path)))
    stored = {path.name: path.read_text() for path in GENERATED.glob("*.py") if path.stem != "__init__"}
    assert made == stored, "run: python -m channelgate_client.generator DOCUMENT --python generated"


def test_with_the_policies_requests_are_typed_by_their_words(tmp_path: Path) -> None:
    document = document_of(FOLDERS["shipped"], tmp_path)
    made = python_files(read_document(document, with_policies=True))
    assert "class Mission(TypedDict):" in made["statements.py"]
    assert "def pre_check(self, body: statements.Request | bytes," in made["calls.py"]
    for name, content in made.items():
        compile(content, name, "exec")


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        pytest.param(None, "cannot be read or written: No such file or directory", id="missing"),
        pytest.param("{", "is no JSON", id="no JSON"),
        pytest.param('{"status": "ready"}', "is no OpenAPI document", id="another document"),
        pytest.param("[]", "is no OpenAPI document", id="a list"),
    ],
)
def test_a_file_that_is_no_document_is_named(
    content: str | None,
    reason: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    file = tmp_path / "openapi.json"
    if content is not None:
        file.write_text(content)
    monkeypatch.setattr(sys, "argv", ["generator", str(file), "--python", str(tmp_path / "here")])
    with pytest.raises(SystemExit) as ended:
        main()
    assert ended.value.code == 2
    assert f"{file} {reason}" in capsys.readouterr().err
    assert not (tmp_path / "here").exists()


def test_without_a_place_to_write_to_the_usage_is_shown(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "argv", ["generator", "openapi.json"])
    with pytest.raises(SystemExit):
        main()
    assert "name --python, --typescript or both" in capsys.readouterr().err
