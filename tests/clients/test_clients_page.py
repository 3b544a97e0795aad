"""What docs/use/clients.md shows is run: the blocks of Python in their order, the block of TypeScript compiled."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import httpx

from api.signing.keys import SigningKey
from tests.clients.conftest import ROOT, ServedOffice, example, permitted_today
from tests.clients.test_typescript import CLIENT, PACKAGE, SECONDS, compile_client

PAGE = (ROOT / "docs" / "use" / "clients.md").read_text()
CALL_OF_AN_APPLICATION = """
import io
from wsgiref.util import setup_testing_defaults

environ = {"REQUEST_METHOD": "POST", "wsgi.input": io.BytesIO(b"a drawing"), "CONTENT_LENGTH": "9"}
setup_testing_defaults(environ)
print(guarded(environ, lambda status, headers: print(status)))
client.close()
"""


def blocks(language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", PAGE, re.DOTALL)


def test_the_blocks_of_python_do_what_the_page_says(served: ServedOffice, tmp_path: Path) -> None:
    key = SigningKey.from_pem("channelgate", (served.folder / "log.db.key").read_bytes()).verifying
    (tmp_path / "log.key").write_text(f"{key.format()}\n")
    environment = {
        "CHANNELGATE_URL": served.url,
        "CHANNELGATE_KEY": served.keys["committee"],
        "LOG_KEY": str(tmp_path / "log.key"),
        "PYTHONPATH": str(ROOT / "clients" / "python"),
    }
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", "\n".join([*blocks("python"), CALL_OF_AN_APPLICATION])],
        cwd=ROOT,
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        timeout=SECONDS,
    )
    assert done.returncode == 0, done.stderr
    lines = done.stdout.splitlines()
    assert lines[0] == "drawings of a rolling mill: handed over"
    assert lines[2] == "the outcome is refuse"
    assert lines[3].startswith("deliver ")
    assert "200 OK" in lines


def test_the_block_of_typescript_compiles_and_runs(served: ServedOffice, tmp_path: Path) -> None:
    installed = tmp_path / "node_modules" / PACKAGE["name"]
    assert compile_client(CLIENT, installed / "dist").returncode == 0
    shutil.copy(CLIENT / "package.json", installed)
    (block,) = blocks("ts")
    (tmp_path / "package.json").write_text('{"type": "module"}')
    (tmp_path / "shown.ts").write_text(block)
    options = json.loads((CLIENT / "tsconfig.json").read_text())["compilerOptions"] | {"rootDir": "."}
    (tmp_path / "tsconfig.json").write_text(json.dumps({"compilerOptions": options, "files": ["shown.ts"]}))
    done = compile_client(tmp_path, tmp_path)
    assert done.returncode == 0, done.stdout
    script = (
        "import { handOver } from './shown.js'; console.log(await handOver(...JSON.parse(process.argv[1])));"
    )
    for request, printed in (
        (permitted_today(), "drawings of a rolling mill: handed over"),
        (example("refuse"), "we cannot give it to you"),
    ):
        arguments = json.dumps([served.url, served.keys["committee"], request])
        command = ["node", "--input-type=module", "-e", script, arguments]
        done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=SECONDS)
        assert printed in done.stdout, done.stdout + done.stderr


def test_the_generator_writes_what_the_page_says(served: ServedOffice, tmp_path: Path) -> None:
    (command,) = re.findall(r"^python -m channelgate_client.generator .*$", PAGE, re.MULTILINE)
    (tmp_path / "openapi.json").write_text(httpx.get(f"{served.url}/openapi.json").text)
    subprocess.run(
        [sys.executable, *command.split()[1:]],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(ROOT / "clients" / "python")},
        check=True,
        timeout=SECONDS,
    )
    made = {path.name for path in (tmp_path / "here").iterdir()}
    assert made == {"models.py", "statements.py", "calls.py", "async_calls.py", "generated.ts"}
