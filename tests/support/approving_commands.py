"""Commands of officers, run with the files of an office: its keys, its approvers, the folder of a proposal."""

from __future__ import annotations

import asyncio
import datetime as dt
import json
from pathlib import Path
from typing import Any

from typer.testing import CliRunner, Result

from api.cli.main import app
from api.domain.approvals.statements import ApprovalStatement, ProposalStatement
from api.services.evidence_runs import EvidenceInputs, EvidenceRuns
from engine import revision_of
from tests.support.approving import LOG, Office

BEFORE = "Our release desk looks at this first. We cannot let you have it now."
AFTER = "Please ask our release desk first."


def run(*arguments: object, **variables: str) -> Result:
    environment = {"CHANNELGATE_LOG_ORIGIN": LOG, **variables}
    return CliRunner().invoke(app, [str(one) for one in arguments], env=environment, terminal_width=200)


def json_in(result: Result) -> Any:
    """The JSON that a command printed; a service in the same process may have logged before and after it."""
    return json.JSONDecoder().raw_decode(result.stdout, result.stdout.index("{\n"))[0]


def write_keys(office: Office) -> None:
    """Write the private key of each officer to NAME.pem."""
    for name, key in office.keys.items():
        pem(office, name).write_bytes(key.to_pem())


def pem(office: Office, officer: str) -> Path:
    return office.folder / f"{officer}.pem"


def signing(office: Office, officer: str) -> list[object]:
    """The options by which an officer signs."""
    return ["--approvers", office.approvers, "--key", pem(office, officer)]


def reword(folder: Path, words: str = AFTER) -> None:
    """Change a sentence of the policies in a folder."""
    file = folder / "directive.yaml"
    text = file.read_text()
    assert BEFORE in text
    file.write_text(text.replace(BEFORE, words))


def revision_in(folder: Path) -> str:
    return revision_of({path.name: path.read_bytes() for path in sorted(folder.glob("*.yaml"))})


def approval_of(about: ProposalStatement, officer: str, **changes: Any) -> ApprovalStatement:
    """The approval of a proposal as of now."""
    members: dict[str, Any] = {
        "log": about.log,
        "officer": officer,
        "at": dt.datetime.now(dt.UTC),
        "proposal": about.digest,
        "content": about.content,
        "base": about.base,
        "evidence": None,
    }
    return ApprovalStatement(**{**members, **changes})


def write_evidence_file(office: Office, base: Path, proposed: Path, file: Path) -> None:
    """Compute the evidence of a change, as a service does."""
    inputs = EvidenceInputs(
        base={path.name: path.read_bytes() for path in base.glob("*.yaml")},
        proposed={path.name: path.read_bytes() for path in proposed.glob("*.yaml")},
        floor=office.floor.read_bytes(),
    )
    evidence = asyncio.run(EvidenceRuns().compute_evidence(inputs, lambda _: None))
    file.write_text(json.dumps(evidence.to_plain_data(), indent=2))
