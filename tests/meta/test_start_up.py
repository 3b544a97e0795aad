"""What a command waits for before it does its work: nothing that only other commands need.

Covers: engine
"""

import inspect
import os
import subprocess
import sys
from pathlib import Path

import pytest

import engine
from api.cli.commands import COMMANDS
from api.cli.lazy_commands import find_function

ROOT = Path(__file__).parents[2]
RUN = "import sys; from api.cli.main import app; app(sys.argv[1:], standalone_mode=False)"
IMPORT = "import sys; from importlib import import_module; [import_module(name) for name in sys.argv[1:]]"
SHOW = "; print(*(set(sys.modules) | {name.split('.')[0] for name in sys.modules}), file=sys.stderr)"

SERVICE = {"alembic", "asyncio", "cryptography", "fastapi", "sqlalchemy", "starlette", "structlog", "uvicorn"}
WORKBOOKS = {"numpy", "openpyxl"}
TABLES = {"duckdb", "ibis", "pyarrow"}
PAGES = {"gherkin", "jinja2"}
PROOFS = {"engine.analysis", "z3"}
AUTHORING = {"engine.formatting"}
TELEMETRY = {"prometheus_client", "opentelemetry.sdk", "opentelemetry.exporter"}
READING = {"engine.checking", "engine.loading.yaml_reader", "rule_engine", "ruamel.yaml", "yaml"}
EXPLAINING = {"engine.explanation"}
CONSOLE_OF_LOGGING = {"attr", "pygments", "rich"}
OTHER_VERSIONS = {"pydantic.v1"}
OTHER_DATABASES = {"sqlalchemy.dialects.postgresql", "psycopg"}
OFFICE = {
    "api.domain.approvals.statements",
    "api.domain.cases.case",
    "api.domain.handovers",
    "api.domain.registers",
    "api.services.case_board",
    "api.services.evidence_tasks",
    "api.services.live.webhook_file",
    "api.services.register_memory",
    "api.services.upcoming_tasks",
}
"""What is recorded beside decisions: a service whose ledger has none of it loads nothing that reads it."""
TOKENS = {"joserfc", "cryptography.x509"}
TESTS = {"hypothesis", "pytest", "pytest_bdd"}


def imported(code: str, *arguments: str, **variables: str) -> set[str]:
    """Run Python anew and return which modules there are at its end."""
    command = [sys.executable, "-c", code + SHOW, *arguments]
    environment = {**os.environ, **variables}
    done = subprocess.run(command, cwd=ROOT, env=environment, check=True, capture_output=True, text=True)
    return set(done.stderr.split())


def test_a_check_waits_for_no_library_of_other_commands() -> None:
    found = imported(RUN, "check", "examples/hold.json")
    assert "engine.deciding" in found
    assert not found & (SERVICE | WORKBOOKS | TABLES | PAGES | PROOFS | AUTHORING | TESTS)


def test_a_check_by_a_set_that_was_stored_waits_for_nothing_that_reads_policies(tmp_path: Path) -> None:
    cache = {"CHANNELGATE_CACHE": str(tmp_path / "cache")}
    imported(RUN, "check", "examples/hold.json", **cache)
    found = imported(RUN, "check", "examples/hold.json", **cache)
    assert "engine.deciding" in found
    assert not found & (
        READING | EXPLAINING | SERVICE | WORKBOOKS | TABLES | PAGES | PROOFS | AUTHORING | TESTS
    )


def test_the_help_of_the_whole_waits_for_no_command() -> None:
    found = imported(RUN, "--help")
    assert not {"engine", *(where.partition(":")[0] for where, _ in COMMANDS.values())} & found


def test_the_service_starts_without_what_it_does_not_answer_with() -> None:
    found = imported(IMPORT, "api.cli.serve")
    assert "fastapi" in found
    unwanted = READING | WORKBOOKS | TABLES | TESTS | TELEMETRY | PAGES | PROOFS | TOKENS | AUTHORING
    unwanted |= CONSOLE_OF_LOGGING | OTHER_VERSIONS | OTHER_DATABASES | EXPLAINING | OFFICE
    assert not found & (unwanted | {"alembic", "api.console.application"})


def test_the_service_answers_without_what_it_has_no_use_for(tmp_path: Path) -> None:
    create = (
        "from pathlib import Path; from api.app import create_app; from api.settings import Settings;"
        f"from fastapi.testclient import TestClient; app = create_app(Settings(policies=Path('policies'),"
        f" database={str(tmp_path / 'log.db')!r}, insecure_no_auth=True));"
        "client = TestClient(app); client.__enter__(); assert client.get('/readyz').status_code == 200;"
        "assert client.get('/healthz').status_code == 200;"
        "client.__exit__(None, None, None); import sys"
    )
    assert not imported(create) & (TELEMETRY | OTHER_VERSIONS | OTHER_DATABASES | EXPLAINING | OFFICE)


def test_no_command_waits_for_z3_the_tables_or_the_test_tools_before_it_needs_them() -> None:
    found = imported(IMPORT, *{where.partition(":")[0] for where, _ in COMMANDS.values()})
    assert not found & (TABLES | TESTS | {"z3"})


@pytest.mark.parametrize("command", COMMANDS)
def test_the_help_of_the_whole_says_of_a_command_what_it_says_of_itself(command: str) -> None:
    where, line = COMMANDS[command]
    assert (inspect.getdoc(find_function(where)) or "").partition("\n")[0] == line


@pytest.mark.parametrize("name", engine.__all__)
def test_every_public_name_of_the_engine_is_there_when_it_is_imported(name: str) -> None:
    assert getattr(engine, name) is not None


def test_the_engine_has_no_name_that_it_does_not_list() -> None:
    with pytest.raises(AttributeError, match="no attribute 'anything_else'"):
        engine.anything_else  # type: ignore[attr-defined]  # noqa: B018  that is the mistake
