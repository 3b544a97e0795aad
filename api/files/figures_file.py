"""The file of figures: read and checked for consistency, every fault with its place."""

from __future__ import annotations

from codecs import BOM_UTF8
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

from pydantic import BeforeValidator, Field, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

from api.domain.registers.figures import Figure, as_several
from api.parsing.fields import Strict
from api.runtime.regular_files import read_regular_file
from engine import MAX_FILE_BYTES, PolicyFaults

if TYPE_CHECKING:
    from engine import Document

_IN_THE_WHEEL = Path(__file__).parent / "opening_balance"


_IN_THE_CHECKOUT = Path(__file__).parents[2] / "examples" / "opening_balance"


def opening_balance() -> Path:
    """The folder of the shipped opening balance: lists, items, and the figures they are checked against."""
    return _IN_THE_WHEEL if _IN_THE_WHEEL.is_dir() else _IN_THE_CHECKOUT


class FiguresSettings(BaseSettings):
    """The figures the registers are checked against (`CHANNELGATE_FIGURES`); the shipped ones if none are named."""

    model_config = SettingsConfigDict(env_prefix="CHANNELGATE_", env_ignore_empty=True, frozen=True)

    figures: Path = Field(default_factory=lambda: opening_balance() / "figures.yaml")


class FiguresFault(Exception):  # reported to an operator, like a fault of the policies
    """Why a file of figures cannot be used: each fault with its place."""

    def __init__(self, faults: Sequence[str]) -> None:
        super().__init__("\n".join(faults))
        self.faults = tuple(faults)


class _FiguresFile(Strict):
    figures: Annotated[tuple[Figure, ...], BeforeValidator(as_several), Field(min_length=1)]


def load_figures(file: Path, list_words: tuple[str, ...]) -> tuple[Figure, ...]:
    """Return the figures of a YAML file, in its order; lists are sorted by these words. Raises `FiguresFault`."""
    from engine import load_document

    try:
        content = read_regular_file(file, MAX_FILE_BYTES).removeprefix(BOM_UTF8)
        document = load_document(file.name, content)
        figures = _FiguresFile.model_validate(document.value, context=list_words).figures
    except OSError as error:
        raise FiguresFault([f"{file} cannot be read ({error.strerror}); name a file of figures"]) from error
    except PolicyFaults as faults:
        raise FiguresFault([str(fault) for fault in faults.diagnostics]) from faults
    except ValidationError as error:
        raise FiguresFault([_message(document, fault) for fault in error.errors()]) from error
    if faults_found := list(_sum_faults(document, figures)):
        raise FiguresFault(faults_found)
    return figures


def _message(document: Document, fault: Mapping[str, Any]) -> str:
    path = tuple(fault["loc"])
    key = next((str(step) for step in reversed(path) if isinstance(step, str)), "the file")
    match fault["type"]:
        case "missing":
            return f"{document.place(path)} `{key}` is missing here; add it"
        case "extra_forbidden":
            return f"{document.key_place(path)} `{key}` is no key of a figure; take it out"
        case _:
            return f"{document.place(path)} `{key}`: {fault['msg'].lower()}; see docs/use/registers.md"


def _sum_faults(document: Document, figures: Sequence[Figure]) -> Iterator[str]:
    """Names that are there twice or not at all, and sums that are not those of their parts."""
    expected: dict[str, int] = {}
    for index, figure in enumerate(figures):
        path = ("figures", index)
        if figure.figure in expected:
            yield f"{document.place((*path, 'figure'))} `{figure.figure}` stands there twice; rename one"
        place = document.place((*path, "sum_of"))
        unknown = [name for name in figure.sum_of if name not in expected]
        if unknown:
            yield f"{place} `{unknown[0]}` is no figure above this one; name one that is"
        elif figure.sum_of and (total := sum(expected[name] for name in figure.sum_of)) != figure.expected:
            yield f"{place} the parts make {total}, not {figure.expected}; mend the figure or its parts"
        expected[figure.figure] = figure.expected
