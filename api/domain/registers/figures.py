"""The figures a register is held to: data of the office, each with its source, none of them in the code."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any

from pydantic import BeforeValidator, Field, NonNegativeInt, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

from api.domain.registers.lists import LegacyList, RegisterList, TransferProcedure
from api.parsing.fields import Strict
from engine import Document, PolicyFaults, load_document

_IN_THE_WHEEL = Path(__file__).parent / "opening_balance"
_IN_THE_CHECKOUT = Path(__file__).parents[3] / "examples" / "opening_balance"


def opening_balance() -> Path:
    """The folder of the shipped opening balance: lists, items, and the figures they are held to."""
    return _IN_THE_WHEEL if _IN_THE_WHEEL.is_dir() else _IN_THE_CHECKOUT


class FiguresSettings(BaseSettings):
    """Which figures the registers are held to (`CHANNELGATE_FIGURES`); the shipped ones if none are named."""

    model_config = SettingsConfigDict(env_prefix="CHANNELGATE_", env_ignore_empty=True, frozen=True)

    figures: Path = Field(default_factory=lambda: opening_balance() / "figures.yaml")


class FiguresFault(Exception):  # told to an operator, like a fault of the policies
    """Why a file of figures cannot be used: each fault with its place."""

    def __init__(self, faults: Sequence[str]) -> None:
        super().__init__("\n".join(faults))
        self.faults = tuple(faults)


def _as_several(value: object) -> object:
    return tuple(value) if isinstance(value, list) else (value,)


Name = Annotated[str, Field(pattern="^[a-z0-9][a-z0-9-]*$", max_length=80)]
Sentence = Annotated[str, Field(min_length=1, max_length=2000)]
Texts = Annotated[tuple[str, ...], BeforeValidator(_as_several), Field(min_length=1)]
Numbers = Annotated[tuple[int, ...], BeforeValidator(_as_several), Field(min_length=1)]
LegacyLists = Annotated[
    tuple[Annotated[LegacyList, Field(strict=False)], ...], BeforeValidator(_as_several), Field(min_length=1)
]
Procedures = Annotated[
    tuple[Annotated[TransferProcedure, Field(strict=False)], ...],
    BeforeValidator(_as_several),
    Field(min_length=1),
]


class Selection(Strict):
    """Which lists a figure counts: those that have one of the values given, in every column given."""

    list_id: Texts | None = None
    country: Texts | None = None
    legacy_list: LegacyLists | None = None
    batch: Texts | None = None
    transfer_procedure: Procedures | None = None
    put_to_session: Numbers | None = None

    def takes(self, listed: RegisterList) -> bool:
        """Whether the figure counts the items of the list."""
        return all(getattr(listed, column) in values for column, values in self.given.items())

    @property
    def given(self) -> dict[str, tuple[Any, ...]]:
        """The columns that choose, with their values."""
        return {
            column: getattr(self, column)
            for column in type(self).model_fields
            if getattr(self, column) is not None
        }

    def __str__(self) -> str:
        chosen = (f"{column} {' or '.join(map(str, values))}" for column, values in self.given.items())
        return ", ".join(chosen) or "every list"


class Figure(Strict):
    """A figure: what it says, which lists it counts, what is expected, and where that is from.

    A floor may be exceeded. `sum_of` names the figures it is the sum of.
    """

    figure: Name
    says: Sentence
    where: Selection
    expected: NonNegativeInt
    floor: bool = False
    sum_of: Annotated[tuple[Name, ...], BeforeValidator(_as_several)] = ()
    source: Sentence


class _File(Strict):
    figures: Annotated[tuple[Figure, ...], BeforeValidator(_as_several), Field(min_length=1)]


def load_figures(file: Path) -> tuple[Figure, ...]:
    """Return the figures of a YAML file, in its order. Raises `FiguresFault`."""
    try:
        document = load_document(file.name, file.read_bytes())
        figures = _File.model_validate(document.value).figures
    except OSError as error:
        raise FiguresFault([f"{file} cannot be read ({error.strerror}); name a file of figures"]) from error
    except PolicyFaults as faults:
        raise FiguresFault([str(fault) for fault in faults.diagnostics]) from faults
    except ValidationError as error:
        raise FiguresFault([_told(document, fault) for fault in error.errors()]) from error
    if faults_found := list(_sum_faults(document, figures)):
        raise FiguresFault(faults_found)
    return figures


def _told(document: Document, fault: Mapping[str, Any]) -> str:
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
    """Names that stand twice or nowhere, and sums that are not those of their parts."""
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
