"""The policy folder: where it is, and what it holds."""

from __future__ import annotations

from pathlib import Path

from engine import Diagnostic, Place, PolicyFaults


def read_folder(folder: Path) -> dict[str, bytes]:
    """Return the policy files (`*.yaml`, hidden ones left out) of `folder` by name, sorted.

    Raises `PolicyFaults` that names the folder if it is absent or empty, else every file that cannot be read.
    """
    if not folder.is_dir():
        raise PolicyFaults(
            [
                _fault(
                    str(folder),
                    "L01",
                    "there is no such folder",
                    "name the policy folder with --policies or CHANNELGATE_POLICIES",
                )
            ]
        )
    paths = sorted(path for path in folder.glob("*.yaml") if not path.name.startswith("."))
    if not paths:
        raise PolicyFaults(
            [_fault(str(folder), "L02", "the folder holds no policy file", "put *.yaml files in it")]
        )
    files: dict[str, bytes] = {}
    faults: list[Diagnostic] = []
    for path in paths:
        try:
            files[path.name] = path.read_bytes()
        except OSError as error:
            faults.append(
                _fault(
                    path.name,
                    "L03",
                    f"the file cannot be read ({error.strerror})",
                    "mend or remove it",
                )
            )
    if faults:
        raise PolicyFaults(faults)
    return files


def _fault(file: str, code: str, message: str, remedy: str) -> Diagnostic:
    return Diagnostic(Place(file), code, message, remedy)
