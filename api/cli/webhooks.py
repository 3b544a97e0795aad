"""`channelgate webhooks`: how far each endpoint has been notified; or whether the file of them can be used."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Annotated, Any

import typer

from api.cli.exit_codes import FINDINGS, fail
from api.cli.log import reading_log
from api.cli.options import DEFAULT_DATABASE, DatabaseOption, Format, FormatOption, WebhooksOption
from api.domain.live.webhooks import EndpointState, WebhookTarget
from api.services.live.webhook_fault import WebhookFault
from api.services.live.webhook_file import read_webhooks
from api.storage.live.endpoints import has_endpoints, load_endpoints


def show_webhooks(
    database: DatabaseOption = DEFAULT_DATABASE,
    webhooks: WebhooksOption = None,
    check: Annotated[
        bool, typer.Option("--check", help="Read the file alone, and say what is wrong with it.")
    ] = False,
    format_: FormatOption = Format.TEXT,
) -> None:
    """Show how far each endpoint has been notified, and its last answer; exit 1 if one takes none. Reads only.

    An endpoint of the file that was never served is listed as new; one that is not in the file is listed too.
    """
    targets = _read_targets(webhooks, check=check)
    states: Sequence[EndpointState] = ()
    if not check:
        with reading_log(database) as connection:
            states = load_endpoints(connection) if has_endpoints(connection) else ()
    rows = [*_rows(targets, states)]
    if format_ is Format.JSON:
        sys.stdout.write(json.dumps(rows, indent=2, ensure_ascii=False) + "\n")
    else:
        sys.stdout.writelines(f"{line}\n" for row in rows for line in _lines(row))
        if not rows:
            sys.stdout.write("no endpoint is notified\n")
    if any(row.get("failures") or row.get("disabled_at") for row in rows):
        raise typer.Exit(FINDINGS)


def _read_targets(webhooks: Path | None, *, check: bool) -> Sequence[WebhookTarget]:
    if webhooks is None:
        if check:
            fail("no file is named", "name it with --webhooks, or set CHANNELGATE_WEBHOOKS")
        return ()
    try:
        return read_webhooks(webhooks)
    except WebhookFault as fault:
        fail(str(fault), fault.remedy)


def _rows(targets: Sequence[WebhookTarget], states: Sequence[EndpointState]) -> Iterator[dict[str, Any]]:
    """What is known of each endpoint, without its secret."""
    known = {state.name: state for state in states}
    for target in targets:
        row: dict[str, Any] = {
            "name": target.name,
            "url": target.url,
            "kinds": sorted(target.kinds),
            "networks": [str(network) for network in target.networks],
        }
        yield row | (_progress(known[target.name]) if target.name in known else {})
    named = {target.name for target in targets}
    for state in states:
        if state.name not in named:
            yield {"name": state.name, "url": state.url, **_progress(state)}


def _progress(state: EndpointState) -> dict[str, Any]:
    times = {"tried_at": state.tried_at, "next_at": state.next_at, "disabled_at": state.disabled_at}
    return {
        "place": state.place,
        "delivered": state.delivered,
        "given_up": state.given_up,
        "failures": state.failures,
        "answer": state.answer,
        **{name: None if at is None else at.isoformat(timespec="seconds") for name, at in times.items()},
    }


def _lines(row: dict[str, Any]) -> Iterator[str]:
    yield f"{row['name']}: {row['url']}"
    if "kinds" in row:
        networks = f", also in {', '.join(row['networks'])}" if row["networks"] else ""
        yield f"  is notified of {', '.join(row['kinds'])}{networks}"
    if "place" not in row:
        return
    yield f"  took {row['delivered']} pieces of news, up to entry {row['place']}; {row['given_up']} given up"
    if row["tried_at"]:
        yield f"  last answer, {row['tried_at']}: {row['answer']}"
    if row["disabled_at"]:
        yield f"  DISABLED since {row['disabled_at']}, when it answered that it is gone"
    elif row["failures"]:
        yield f"  FAILED {row['failures']} times since; sent again after {row['next_at']}"
