"""The policy folder: what it holds is read, or named as not read; only ordinary companions are passed over."""

from __future__ import annotations

import os
import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path

from api.runtime.regular_files import read_regular_file
from api.runtime.shipped import FLOOR_FILE
from engine import MAX_FILE_BYTES, Diagnostic, Place, PolicyFaults, PolicySet, load_policies

COMPANIONS = (
    *(".*", "lost+found", "desktop.ini", "thumbs.db"),
    *("readme", "readme.*", "license", "license.*", "*.md", "*.schema.json"),
    *("*~", "#*#", "*.bak", "*.orig", "*.swp", "*.tmp"),
)
"""What may lie beside the policy files, in small letters or capitals: hidden files and what systems put there, words
about the folder, the schema for editors, and what editors leave behind.
"""

FOLDER = "policies"
"""What the policy folder of an office is called, by `channelgate new` and where none is named."""

MAX_NAME_BYTES = 200
"""The longest name of a file that is not there yet; file systems take few more."""

_ALMOST_POLICY = re.compile(r"([^.].*)\.ya?ml(?:\.txt)?", re.IGNORECASE | re.DOTALL)
"""A name that looks like one of a policy file; `.yaml` alone is one."""


@dataclass(frozen=True, slots=True)
class PolicyFolder:
    """The content of a policy folder: its policy files by name, and a fault for each thing in it that is not read."""

    files: Mapping[str, bytes]
    unread: tuple[Diagnostic, ...] = ()

    def load(self) -> PolicySet:
        """Return the checked set. Raises `PolicyFaults` with every fault, those of what is not read among them."""
        return load_policies(self.files, self.unread)


def read_folder(folder: Path) -> PolicyFolder:
    """Return the content of a policy folder; of a file that is too long, only so much that this is seen.

    Raises `PolicyFaults` that names the folder if it cannot be looked into or holds no policy file.
    """
    try:
        names = sorted(os.listdir(folder))
    except FileNotFoundError as error:
        remedy = "name a policy folder that is there"
        raise PolicyFaults([_fault(str(folder), "L01", "there is no such folder", remedy)]) from error
    except NotADirectoryError as error:
        message = "it is a file, and a policy folder is looked for"
        remedy = "name the folder in which the policy files are"
        raise PolicyFaults([_fault(str(folder), "L01", message, remedy)]) from error
    except OSError as error:
        message = f"the folder cannot be read ({error.strerror})"
        raise PolicyFaults([_fault(str(folder), "L03", message, "make it readable")]) from error
    files: dict[str, bytes] = {}
    unread: list[Diagnostic] = []
    policy_files = [name for name in names if name.endswith(".yaml") and not name.startswith(".")]
    inside = folder / FOLDER
    if {*policy_files} <= {FLOOR_FILE} and any(inside.glob("*.yaml")):
        message = f"the policy files are not in this folder, but in `{FOLDER}` in it"
        raise PolicyFaults([_fault(str(folder), "L02", message, f"name {inside}")])
    for name in policy_files:
        try:
            files[name] = _read(folder, name)
        except OSError as error:
            message = f"the file cannot be read ({error.strerror})"
            unread.append(_fault(_shown(name), "L03", message, "mend or remove it"))
    unread += [
        _fault(_shown(name), "L08", *_why_not_read(folder / name, names))
        for name in names
        if name not in policy_files and (_ALMOST_POLICY.fullmatch(name) or not _is_companion(name))
    ]
    if not policy_files:
        missing = _fault(str(folder), "L02", "the folder holds no policy file", "put *.yaml files in it")
        raise PolicyFaults([missing, *unread])
    return PolicyFolder(files, tuple(unread))


def is_policy_file(name: str) -> bool:
    """Whether a file of this name is read as one of the policies."""
    return name.endswith(".yaml") and _is_plain(name)


def is_feature_file(name: str) -> bool:
    """Whether a file of this name holds scenarios, and nothing that would be run."""
    return name.endswith(".feature") and _is_plain(name)


def _is_plain(name: str) -> bool:
    return (
        not name.startswith(".")
        and not {"/", "\\"} & {*name}
        and _shown(name) == name
        and len(os.fsencode(name)) <= MAX_NAME_BYTES
    )


def _read(folder: Path, name: str) -> bytes:
    if _shown(name) != name:
        raise OSError(0, "its name has a character that does not show or is not UTF-8")
    return read_regular_file(folder / name, MAX_FILE_BYTES)


def _is_companion(name: str) -> bool:
    return any(fnmatchcase(name.casefold(), pattern) for pattern in COMPANIONS)


def _why_not_read(path: Path, names: Collection[str]) -> tuple[str, str]:
    """Say why something in the folder is not read, and the remedy."""
    if path.is_dir():
        return "the sub-folder is not read", "put its policy files into this folder, or move it elsewhere"
    almost = _ALMOST_POLICY.fullmatch(path.name)
    if almost is None:
        return "the file is not read: it is neither `*.yaml` nor an ordinary companion", "move it elsewhere"
    meant = f"{almost[1]}.yaml"
    message = "the file is not read, for its name does not end in `.yaml`"
    if meant in names:
        return message, f"move it elsewhere, or its content into `{_shown(meant)}`"
    return message, f"name it `{_shown(meant)}`, or move it elsewhere"


def _shown(name: str) -> str:
    """The name of a file as it can stand in a message: what does not show is written out."""
    text = os.fsencode(name).decode("utf-8", "backslashreplace")
    return "".join(sign if sign.isprintable() else sign.encode("unicode_escape").decode() for sign in text)


def _fault(file: str, code: str, message: str, remedy: str) -> Diagnostic:
    return Diagnostic(Place(file), code, message, remedy)
