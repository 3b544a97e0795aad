"""`channelgate witness`: a witness of the logs of others, and the key by which it is known."""

from __future__ import annotations

import socket
import sys
import time
from pathlib import Path
from typing import Annotated

import typer

from api.cli.exit_codes import fail
from api.cli.inputs import read_text
from api.cli.signing_key import read_verifying_keys
from api.http.witnessing import witness_server
from api.ledger.witness import Witness
from api.signing.cosignatures import witness_key
from api.signing.faults import SigningFault
from api.signing.keys import SigningKey, VerifyingKey, load_signing_key

NameOption = Annotated[
    str, typer.Option("--name", help="The name of the witness, such as witness.example.org/gate.")
]
WitnessKeyOption = Annotated[
    Path,
    typer.Option(
        "--key-file", help="The file of its private key, made if there is none; it signs nothing else."
    ),
]


def serve_witness(
    logs: Annotated[Path, typer.Argument(help="A file with the verifying keys of the logs, one a line.")],
    name: NameOption,
    folder: Annotated[
        Path, typer.Option("--folder", help="Where the newest cosigned checkpoint of each log is stored.")
    ],
    key_file: WitnessKeyOption = Path("witness.key"),
    host: Annotated[str, typer.Option(help="The address to listen at.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=0, max=65535, help="The port to listen at.")] = 8065,
) -> None:
    """Cosign the checkpoints of logs (C2SP tlog-witness), each only if it continues the one cosigned before."""
    keys = _read_logs(logs)
    witness = Witness(_read_key(key_file, name), keys, folder, lambda: int(time.time()))
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        fail(f"{folder} cannot be made ({error.strerror})", "name with --folder one that can")
    with _listening(host, port) as listener:
        listened, number = listener.getsockname()[:2]
        logs_known = ", ".join(sorted({key.name for key in keys}))
        sys.stdout.write(f"http://{listened}:{number} is a witness of {logs_known}\n")
        sys.stdout.flush()
        witness_server(witness).run(sockets=[listener])


def show_witness_key(name: NameOption, key_file: WitnessKeyOption = Path("witness.key")) -> None:
    """Print the key by which the cosignatures of a witness are verified, for the logs and for auditors."""
    sys.stdout.write(witness_key(_read_key(key_file, name)).format() + "\n")


def _listening(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        return socket.create_server((host, port), family=family)
    except OSError as error:
        fact = f"it cannot listen at {host} port {port} ({error.strerror or error})"
        fail(fact, "choose another --host or --port")


def _read_key(file: Path, name: str) -> SigningKey:
    try:
        return load_signing_key(file, name)
    except OSError as error:
        fail(f"the key file {file} cannot be used ({error.strerror})", "name another with --key-file")
    except SigningFault as fault:
        fail(f"the key file {file}: {fault.fact}", fault.remedy)


def _read_logs(file: Path) -> list[VerifyingKey]:
    lines = read_text(file, "name a file with what `channelgate log key` prints").split()
    return read_verifying_keys(lines, f" in {file}") or fail(
        f"{file} names no log", "put in what `channelgate log key` prints, a line for each log"
    )
