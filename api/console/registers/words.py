"""The console's own words for what the registers record: stages of items, kinds of events, transfer procedures."""

from __future__ import annotations

from typing import assert_never

from api.console.frame.areas import marked
from api.domain.registers.events import Confirmation, EventKind
from api.domain.registers.figures_check import FigureVerdict
from api.domain.registers.lists import TransferProcedure
from api.domain.registers.stages import Stage
from api.files.pages.printing import PageKind


def stage_words(stage: Stage) -> str:
    """Return how a stage is named, in the templates' language."""
    match stage:
        case Stage.NOT_SENT:
            return marked("not sent")
        case Stage.PENDING:
            return marked("no answer yet")
        case Stage.CONFIRMED:
            return marked("confirmed")
        case Stage.DECLINED:
            return marked("declined")
        case Stage.DELIVERED:
            return marked("delivered")
        case Stage.TRANSFERRED:
            return marked("transferred")
        case Stage.NOT_SUBMITTED:
            return marked("not submitted")
        case Stage.SUBMITTED:
            return marked("submitted")
        case Stage.REQUESTED:
            return marked("asked for")
        case Stage.INCLUDED:
            return marked("in a resolution")
        case Stage.OPEN:
            return marked("open")
        case _:
            assert_never(stage)


def stage_sign(stage: Stage) -> str:
    """Return the class of a stage's word, by which it gets its sign."""
    match stage:
        case Stage.TRANSFERRED | Stage.INCLUDED:
            return "good"
        case Stage.DECLINED:
            return "bad"
        case Stage.OPEN:
            return "plain"
        case Stage.NOT_SENT | Stage.PENDING | Stage.CONFIRMED | Stage.DELIVERED:
            return "wait"
        case Stage.NOT_SUBMITTED | Stage.SUBMITTED | Stage.REQUESTED:
            return "wait"
        case _:
            assert_never(stage)


def event_words(kind: EventKind) -> str:
    """Return how a kind of event is named, in the templates' language."""
    match kind:
        case EventKind.LIST_SENT:
            return marked("Sent for confirmation")
        case EventKind.CONFIRMATION:
            return marked("Answered")
        case EventKind.DELIVERED:
            return marked("Items delivered")
        case EventKind.TRANSFER_RECORDED:
            return marked("Transfer procedures carried out")
        case EventKind.LIST_SUBMITTED:
            return marked("List submitted to the other side")
        case EventKind.SUPPLEMENTARY_ASKED:
            return marked("Asked to enter a supplementary resolution")
        case EventKind.SESSION_OPENED:
            return marked("Session opened")
        case EventKind.SESSION_CLOSED:
            return marked("Session closed")
        case EventKind.RESOLUTION:
            return marked("Resolution of a session")
        case EventKind.MEMORANDUM:
            return marked("Memorandum for the record")
        case EventKind.WITHDRAWAL:
            return marked("Event withdrawn")
        case _:
            assert_never(kind)


def transfer_words(procedure: TransferProcedure) -> str:
    """Return whether transfer procedures are recorded of a list, in the templates' language."""
    match procedure:
        case TransferProcedure.RECORDED:
            return marked("transfer procedures recorded")
        case TransferProcedure.NOT_RECORDED:
            return marked("transfer procedures not recorded")
        case TransferProcedure.NONE:
            return marked("nothing to transfer")
        case _:
            assert_never(procedure)


def verdict_words(verdict: FigureVerdict) -> str:
    """Return how a figure stands, in the templates' language."""
    match verdict:
        case FigureVerdict.OK:
            return marked("agrees")
        case FigureVerdict.FLOOR_PASSED:
            return marked("agrees, and more")
        case FigureVerdict.DIFFERENCE:
            return marked("differs")
        case _:
            assert_never(verdict)


def answer_words(confirmation: Confirmation) -> str:
    """Return how an answer for an item is written on a list, in the templates' language."""
    match confirmation:
        case Confirmation.NOT_SENT:
            return marked("not sent")
        case Confirmation.PENDING:
            return marked("no answer yet")
        case Confirmation.CONFIRMED:
            return marked("confirmed")
        case Confirmation.DECLINED:
            return marked("declined")
        case _:
            assert_never(confirmation)


def paper_words(kind: PageKind) -> str:
    """Return what a paper is called, in the templates' language."""
    match kind:
        case PageKind.CONFIRMATION_LIST:
            return marked("List for confirmation")
        case PageKind.AGENDA:
            return marked("Agenda of a session")
        case PageKind.MEMORANDUM:
            return marked("Memorandum about a session")
        case _:
            assert_never(kind)
