"""The folder of the feature files: the expected scenarios, and the review file."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import NoReturn

from api.cli.exit_codes import fail
from api.evidence.feature_files import ExpectedScenario, UnreadableFeatureError, read_feature
from api.evidence.reviews.review_file import ReviewFile, ReviewFileFaults, read_review_file
from api.runtime.shipped import is_installed, shipped_policies


def find_features(named: Path | None, policies: Path) -> Path:
    """Return the folder of the feature files: the one named, else `features` beside the policies, else that here.

    For the shipped policies it is the other way round: scenarios here may be about them.
    """
    if named:
        return named
    here, beside = Path("features"), policies.resolve().parent / "features"
    is_shipped = policies.resolve() == shipped_policies().resolve()
    found = next(
        (folder for folder in ((here, beside) if is_shipped else (beside, here)) if folder.is_dir()), here
    )
    return here if found.resolve() == here.resolve() else found


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
        return [scenario for path in paths for scenario in read_feature(path, folder.parent).expected]
    except UnreadableFeatureError as error:
        fail(f"a feature file cannot be read: {error}", "mend the file")


def load_review_file(path: Path) -> ReviewFile:
    """Return the review file; if it has faults, print each of them and end the command."""
    try:
        return read_review_file(path)
    except ReviewFileFaults as faults:
        refuse_review_file(faults)


def refuse_review_file(faults: ReviewFileFaults) -> NoReturn:
    """Print the faults of the review file and end the command: with any, no link counts as reviewed."""
    for fault in faults.faults:
        sys.stderr.write(f"{fault}\n")
    fail("the review book cannot be used, so no link counts as reviewed", "mend the places named above")
