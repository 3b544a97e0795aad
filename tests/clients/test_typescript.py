"""The TypeScript client: generated from the OpenAPI document, compiled by `tsc --strict`, run in Node."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path

import pytest

from channelgate_client.generator.document import read_document
from channelgate_client.generator.typescript import write_typescript
from tests.acceptance.test_interface import FOLDERS, document_of
from tests.clients.conftest import ROOT, ServedOffice, example, permitted_today
from tests.support.npm_packages import installed_package

CLIENT = ROOT / "clients" / "typescript"
PACKAGE = json.loads((CLIENT / "package.json").read_text())
CHECKS = Path(__file__).with_name("typescript_checks.mjs")
OUTCOMES = ("hold", "refuse", "escalate_urgent", "route_bilateral", "needs_information")
SECONDS = 240


@pytest.mark.parametrize("folder", list(FOLDERS))
def test_the_module_is_what_the_generator_makes_of_the_document(folder: str, tmp_path: Path) -> None:
    made = write_typescript(read_document(document_of(FOLDERS[folder], tmp_path)))
    stored = (CLIENT / "src" / "generated.ts").read_text()
    assert made == stored, "run: python -m channelgate_client.generator DOCUMENT --typescript generated.ts"


def compile_client(source: Path, to: Path) -> subprocess.CompletedProcess[str]:
    tsc = (
        installed_package(f"typescript@{PACKAGE['devDependencies']['typescript']}") / "node_modules/.bin/tsc"
    )
    command = [str(tsc), "--project", str(source), "--outDir", str(to), "--strict"]
    return subprocess.run(command, capture_output=True, text=True, timeout=SECONDS)


@pytest.fixture(scope="module")
def compiled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("compiled")
    done = compile_client(CLIENT, folder / "dist")
    assert done.returncode == 0, done.stdout
    (folder / "package.json").write_text('{"type": "module"}')
    return folder / "dist" / "index.js"


def test_it_does_in_node_what_its_page_says(compiled: Path, served: ServedOffice) -> None:
    requests = {outcome: example(outcome) for outcome in OUTCOMES} | {"deliver": permitted_today()}
    environment = {"CLIENT": str(compiled), "URL": served.url, "KEY": served.keys["committee"]}
    done = subprocess.run(
        ["node", "--test", "--test-reporter=tap", str(CHECKS)],
        env={**os.environ, **environment, "REQUESTS": json.dumps(requests)},
        capture_output=True,
        text=True,
        timeout=SECONDS,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "\n# skipped 0\n" in done.stdout


def test_with_the_policies_it_compiles_too(compiled: Path, tmp_path: Path) -> None:
    source = tmp_path / "client"
    (source / "src").mkdir(parents=True)
    for file in [*CLIENT.glob("*.json"), *CLIENT.glob("src/*.ts")]:
        (source / file.relative_to(CLIENT)).write_text(file.read_text())
    interface = read_document(document_of(FOLDERS["shipped"], tmp_path), with_policies=True)
    (source / "src" / "generated.ts").write_text(write_typescript(interface))
    done = compile_client(source, tmp_path / "dist")
    assert "interface Mission" in (source / "src" / "generated.ts").read_text()
    assert done.returncode == 0, done.stdout


def test_nothing_of_others_lies_beside_it() -> None:
    tracked = subprocess.run(
        ["git", "ls-files", CLIENT], cwd=ROOT, capture_output=True, text=True, check=True
    )
    names = {Path(line).relative_to("clients/typescript").parts[0] for line in tracked.stdout.splitlines()}
    assert names <= {"README.md", "package.json", "tsconfig.json", "src"}
    assert "dependencies" not in PACKAGE
