"""What a failure prints: what failed, and none of the variables, of which the policies are too many to print."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[3]
PRINTS_A_FAILURE = """
import sys
import structlog
from api.app import create_app
from api.http.error_handlers import problem_of
from api.runtime.logging import configure_logging
from api.settings import Settings

if "--configured" in sys.argv:
    configure_logging()
app = create_app(Settings(database=sys.argv[1], insecure_no_auth=True))
policies = app.state.context.policies.current.policies
try:
    variable_of_the_frame = policies.no_such_member
except AttributeError as error:
    problem_of(error)
"""


def printed(log: Path, *options: str) -> str:
    """What a process of its own prints of a failure, on both streams."""
    run = subprocess.run(
        [sys.executable, "-c", PRINTS_A_FAILURE, str(log), *options],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    return run.stdout + run.stderr


def test_a_failure_prints_no_variables_where_nothing_is_configured(tmp_path: Path) -> None:
    text = printed(tmp_path / "log.db")
    assert "AttributeError" in text
    assert "locals" not in text
    assert len(text) < 5_000


def test_a_failure_is_one_line_of_json_where_logging_is_configured(tmp_path: Path) -> None:
    lines = printed(tmp_path / "log.db", "--configured").splitlines()
    (failure,) = [line for line in lines if "call_failed" in line]
    assert failure.startswith("{")
    assert "AttributeError" in failure
    assert len(failure) < 5_000
