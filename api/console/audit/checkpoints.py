"""Checkpoints of the log: to be stored elsewhere, and each verified to continue an earlier one."""

from __future__ import annotations

from starlette.responses import PlainTextResponse, Response

from api.console.audit.decision import proof_response
from api.console.frame.csv import csv_response, wants_csv
from api.console.frame.headers import PAGE_HEADERS
from api.console.frame.problem_words import Sentence
from api.console.frame.visits import Visit, faults_of
from api.ledger.proofs import encoded
from api.parsing.parameters import number_parameter
from api.parsing.problems import ProblemError, ProblemKind, make_problem
from api.services.log_proofs import log_keys, prove_continued, read_checkpoint, read_checkpoints
from api.services.paging import MAX_SEQUENCE, read_sequence_after

PATH = "/audit/checkpoints"
PAGE, MOST_CSV = 50, 10_000


async def show_checkpoints(visit: Visit) -> Response:
    """Show the newest checkpoint and those that are stored, and the form that compares two of them."""
    as_csv = wants_csv(dict(visit.query))
    after = read_sequence_after(visit.query)
    page = await read_checkpoints(visit.context, after, MOST_CSV if as_csv else PAGE)
    if as_csv:
        rows = ((one.checkpoint.size, encoded(one.checkpoint.root), one.note) for one in page.checkpoints)
        return csv_response("checkpoints", ("size", "root", "note"), rows)
    return visit.render(
        "audit/checkpoints.html", page=page, keys=await log_keys(visit.context), encoded=encoded
    )


async def download_checkpoint(visit: Visit) -> Response:
    """Hand out a checkpoint as the note that it is."""
    found = await read_checkpoint(visit.context, _size(visit, "size"))
    name = f"checkpoint-{found.checkpoint.size}.txt"
    headers = {**PAGE_HEADERS, "Content-Disposition": f'attachment; filename="{name}"'}
    return PlainTextResponse(found.note, headers=headers)


async def show_consistency(visit: Visit) -> Response:
    """Show whether a checkpoint continues an earlier one; the browser verifies it."""
    first, second, faults = visit.query.get("first", ""), visit.query.get("second", ""), list[Sentence]()
    try:
        sizes = [number_parameter(visit.query, name, 1, MAX_SEQUENCE) for name in ("first", "second")]
        if None in sizes:
            raise ProblemError(
                make_problem(ProblemKind.INVALID_REQUEST, "Name two checkpoints by their sizes.")
            )
        await prove_continued(visit.context, sizes[0] or 0, sizes[1] or 0)
    except ProblemError as error:
        faults = faults_of(visit, error.problem)
    return visit.render(
        "audit/consistency.html",
        400 if faults else 200,
        first=first,
        second=second,
        faults=faults,
        keys=await log_keys(visit.context),
    )


async def show_consistency_proof(visit: Visit) -> Response:
    """Hand out the proof that one checkpoint continues another."""
    proof = await prove_continued(visit.context, _size(visit, "first"), _size(visit, "second"))
    return proof_response(proof)


def _size(visit: Visit, name: str) -> int:
    """The size that the address names. Raises `ProblemError`."""
    number = number_parameter(visit.request.path_params, name, 1, MAX_SEQUENCE)
    assert number is not None
    return number
