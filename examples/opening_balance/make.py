"""Makes lists.csv and items.csv beside it: the numbers are those of the directive, every item is made up.

It runs on its own, `python examples/opening_balance/make.py`, and always writes the same bytes.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from pathlib import Path

LIST_COLUMNS = "list_id title country legacy_list source batch transfer_procedure put_to_session".split()
ITEM_COLUMNS = "item_no list_id description kind quantity unit provided_on provided_to remarks".split()

SOURCE = "the directive of 16 December 1964, figures of the opening balance; the items are synthetic"
LISTS = (
    # number of items, prefix of their numbers, then the row of the list
    (
        72,
        "S7",
        "kp-asked-at-session-7",
        "Asked for at the seventh session",
        "channel_72",
        "session-7",
        "none",
        "",
    ),
    (
        83,
        "NP",
        "kp-northeast-pending",
        "Raised in the Northeast in September 1964, not yet provided",
        "pending",
        "northeast-1964-09",
        "none",
        "",
    ),
    (
        1806,
        "NE",
        "kp-northeast-provided",
        "Provided in the Northeast in September 1964",
        "provided",
        "northeast-1964-09",
        "not_recorded",
        "",
    ),
    (57, "PN", "kp-organised-pending", "Organised and not provided", "pending", "since-1963", "none", "7"),
    (
        382,
        "PR",
        "kp-provided-since-1963",
        "Relatively important items provided since 1963",
        "provided",
        "since-1963",
        "recorded",
        "7",
    ),
)
KINDS = (
    ("drawing", "drawing", "sheet"),
    ("document", "handbook", "volume"),
    ("process_instruction", "process instruction", "set"),
    ("data", "table of measurements", "set"),
    ("sample", "sample", "piece"),
    ("specimen", "specimen", "piece"),
    ("equipment_part", "machine part", "piece"),
)
FIELDS = (
    "machine building",
    "metallurgy",
    "chemical industry",
    "light industry",
    "electrical engineering",
    "coal mining",
    "building materials",
    "forestry",
    "agriculture",
    "fisheries",
    "medicine",
)


def make_lists() -> Iterator[tuple[str, ...]]:
    """Yield a row for each list, by its id."""
    for _, _, list_id, title, legacy_list, batch, procedure, session in LISTS:
        yield list_id, title, "KP", legacy_list, SOURCE, batch, procedure, session


def make_items() -> Iterator[tuple[str, ...]]:
    """Yield a row for each item, in the order of the lists; the numbers of the descriptions run through."""
    running = 0
    for size, prefix, list_id, *_ in LISTS:
        for place in range(1, size + 1):
            running += 1
            kind, word, unit = KINDS[running % len(KINDS)]
            field = FIELDS[running % len(FIELDS)]
            description = f"Synthetic item {running:04}: {word}, {field}"
            quantity = str(1 + running % 12)
            yield f"{prefix}-{place:04}", list_id, description, kind, quantity, unit, "", "", ""


def write(name: str, columns: list[str], rows: Iterator[tuple[str, ...]]) -> None:
    """Write a file in the form in which `channelgate registers export` writes it."""
    stream = io.StringIO()
    writer = csv.writer(stream, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows(rows)
    Path(__file__).with_name(name).write_bytes(stream.getvalue().encode("utf-8-sig"))


if __name__ == "__main__":
    write("lists.csv", LIST_COLUMNS, make_lists())
    write("items.csv", ITEM_COLUMNS, make_items())
