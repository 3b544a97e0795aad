"""What lies in the folder of the feature files: the scenarios promised, and the review book."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import NoReturn

from api.cli.exit_codes import fail
from api.evidence.reviews.review_file import Book, BookFaults, read_book
from api.promises import Promise, UnreadableFeatureError, read_feature


def read_promises(folder: Path) -> list[Promise]:
    """Return every scenario of the feature files of a folder; without any, end the command."""
    paths = sorted(folder.rglob("*.feature"))
    if not paths:
        fail(f"{folder} holds no feature file", "name the folder of the feature files with --features")
    try:
        return [promise for path in paths for promise in read_feature(path, folder.parent).promises]
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
