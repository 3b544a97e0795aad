"""What lies in the folder of the feature files: the expected scenarios, and the review book."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import NoReturn

from api.cli.exit_codes import fail
from api.evidence.feature_files import ExpectedScenario, UnreadableFeatureError, read_feature
from api.evidence.reviews.review_file import Book, BookFaults, read_book
from api.runtime.shipped import is_installed


def find_features(named: Path | None, policies: Path) -> Path:
    """Return the folder of the feature files: the one named, else `features` here, else that beside the policies."""
    here, beside = Path("features"), policies.resolve().parent / "features"
    return named or (here if here.is_dir() or not beside.is_dir() else beside)


def require_features(folder: Path) -> None:
    """End the command if the folder holds no feature file."""
    if not any(folder.rglob("*.feature")):
        fail(f"{folder} holds no feature file", "name the folder of the feature files with --features")


def refuse_to_change_shipped(folder: Path) -> None:
    """End the command if the folder is the one inside the installed package, which is not the user's to change."""
    if is_installed(folder):
        fail(
            "the feature files and reviews of the installed package are not changed",
            f"copy {folder} and name the copy with --features",
        )


def read_scenarios(folder: Path) -> list[ExpectedScenario]:
    """Return every scenario of the feature files of a folder; without any, end the command."""
    require_features(folder)
    paths = sorted(folder.rglob("*.feature"))
    try:
        return [promise for path in paths for promise in read_feature(path, folder.parent).expected]
    except UnreadableFeatureError as error:
        fail(f"a feature file cannot be read: {error}", "mend the file")


def load_book(path: Path) -> Book:
    """Return the review book; if it has faults, end the command after telling each of them."""
    try:
        return read_book(path)
    except BookFaults as faults:
        refuse_book(faults)


def refuse_book(faults: BookFaults) -> NoReturn:
    """End the command with the faults of the review book: no link counts as reviewed by a book with any."""
    for fault in faults.faults:
        sys.stderr.write(f"{fault}\n")
    fail("the review book cannot be used, so no link counts as reviewed", "mend the places named above")
