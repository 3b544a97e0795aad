"""The figures a register is checked against: data of the office, each with its source, none of them in the code."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import AfterValidator, BeforeValidator, Field, NonNegativeInt, ValidationInfo
from pydantic_core import PydanticCustomError

from api.domain.registers.lists import RegisterList, TransferProcedure
from api.parsing.fields import Strict


def as_several(value: object) -> object:
    """Return a list as a tuple, and any other value as a tuple of one."""
    return tuple(value) if isinstance(value, list) else (value,)


def _check_list_words(words: tuple[str, ...], info: ValidationInfo) -> tuple[str, ...]:
    """Refuse a word that is none of those by which the directive sorts lists, which are the context."""
    known: tuple[str, ...] = info.context or ()
    if all(word in known for word in words):
        return words
    *others, last = map(repr, known)
    raise PydanticCustomError(
        "list_word", "Input should be {expected}", {"expected": f"{', '.join(others)} or {last}"}
    )


FigureName = Annotated[str, Field(pattern="^[a-z0-9][a-z0-9-]*$", max_length=80)]
FigureText = Annotated[str, Field(min_length=1, max_length=2000)]
TextValues = Annotated[tuple[str, ...], BeforeValidator(as_several), Field(min_length=1)]
SessionNumbers = Annotated[tuple[int, ...], BeforeValidator(as_several), Field(min_length=1)]
ListWords = Annotated[TextValues, AfterValidator(_check_list_words)]
Procedures = Annotated[
    tuple[Annotated[TransferProcedure, Field(strict=False)], ...],
    BeforeValidator(as_several),
    Field(min_length=1),
]


class Selection(Strict):
    """Which lists a figure counts: those that have one of the values given, in every column given."""

    list_id: TextValues | None = None
    country: TextValues | None = None
    legacy_list: ListWords | None = None
    batch: TextValues | None = None
    transfer_procedure: Procedures | None = None
    put_to_session: SessionNumbers | None = None

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

    figure: FigureName
    says: FigureText
    where: Selection
    expected: NonNegativeInt
    floor: bool = False
    sum_of: Annotated[tuple[FigureName, ...], BeforeValidator(as_several)] = ()
    source: FigureText
