"""A table of a page as CSV, for spreadsheets: no cell of it runs as a formula.

The columns have the names of the API, in every language of the console, so that a sheet can rely on them.
"""

from __future__ import annotations

import csv
import io
from collections.abc import AsyncIterator, Iterable, Sequence

from starlette.responses import Response, StreamingResponse

from api.console.frame.headers import PAGE_HEADERS
from api.files.csv_form import guard

CsvCell = str | int | None
WANTED = ("format", "csv")
"""The parameter of an address that asks for the table of a page as CSV, and its value."""
_MARK = "\ufeff"
"""By it Excel knows that a file is UTF-8."""


def wants_csv(query: dict[str, str]) -> bool:
    """Whether the address asks for CSV."""
    return query.get(WANTED[0]) == WANTED[1]


def csv_response(name: str, columns: Sequence[str], rows: Iterable[Sequence[CsvCell]]) -> Response:
    """Return a table as the file `name`.csv."""
    text = _MARK + _lines([columns]) + _lines(rows)
    return Response(text.encode(), media_type="text/csv", headers=_headers(name))


def csv_stream(
    name: str, columns: Sequence[str], pages: AsyncIterator[Iterable[Sequence[CsvCell]]]
) -> Response:
    """Return a table as the file `name`.csv, sent as its pages come."""

    async def parts() -> AsyncIterator[bytes]:
        yield (_MARK + _lines([columns])).encode()
        async for rows in pages:
            yield _lines(rows).encode()

    return StreamingResponse(parts(), media_type="text/csv", headers=_headers(name))


def _lines(rows: Iterable[Sequence[CsvCell]]) -> str:
    stream = io.StringIO()
    csv.writer(stream, lineterminator="\r\n").writerows([_text(cell) for cell in row] for row in rows)
    return stream.getvalue()


def _text(cell: CsvCell) -> str:
    if cell is None:
        return ""
    return guard(cell) if isinstance(cell, str) else str(cell)


def _headers(name: str) -> dict[str, str]:
    return {**PAGE_HEADERS, "Content-Disposition": f'attachment; filename="{name}.csv"'}
