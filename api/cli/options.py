"""The options that several commands have, with one name, one help text and one way to read them."""

from __future__ import annotations

import datetime as dt
import inspect
from collections.abc import Callable, Collection
from enum import StrEnum
from functools import wraps
from pathlib import Path
from typing import Annotated, Any

import typer

from api.cli.completion import complete_party_or_role, speaking_roles
from api.cli.exit_codes import fail
from api.domain.reading_languages import in_language
from api.parsing.fields import read_day
from api.runtime.shipped import default_policies
from engine import ENGLISH, PolicySet, suggestion


class Format(StrEnum):
    """How a command prints its answer."""

    TEXT = "text"
    JSON = "json"


def day_option(text: str) -> dt.date:
    """Return the day that an option names. Raises `typer.BadParameter`."""
    day = read_day(text)
    if day is None:
        raise typer.BadParameter("write a day of the calendar as YYYY-MM-DD")
    return day


def believed_parties(roles: list[str] | None, policies: PolicySet) -> Collection[str]:
    """Return the parties whose facts are believed, named themselves or by the role of those who call for them.

    Ends the command for a name that the policies do not have.
    """
    words = policies.vocabulary
    parties = {*policies.parties, *words.owners, words.asking_party}
    by_role = speaking_roles(policies)
    believed: set[str] = set()
    for role in roles or ():
        if role in parties:
            believed.add(role)
        elif role in by_role:
            believed |= by_role[role].parties
        else:
            known = parties | by_role.keys()
            remedy = suggestion(role, known) or f"name one of {', '.join(sorted(known))} with --role"
            fail(f"there is no party `{role}`", remedy)
    return believed or (words.asking_party,)


def read_in(language: str | None, policies: PolicySet) -> PolicySet:
    """Return the policies as they are read in the language. Ends the command for one into which nobody translated."""
    books = policies.languages.books
    if language is None or language == ENGLISH:
        return policies
    if language not in books:
        remedy = f"name one of {', '.join(sorted([ENGLISH, *books]))}"
        fail(f"the policies have no translations into `{language}`", remedy)
    return in_language(policies, language)


def database_by_position_too(command: Callable[..., None]) -> Callable[..., None]:
    """Return a command that understands its database without --database too, as scripts of earlier versions name it.

    Its help shows the option alone. Two databases that differ end the command, and so does a database besides an
    `archive`, for a command that reads either.
    """

    @wraps(command)
    def run(context: typer.Context, by_position: str | None, **given: Any) -> None:
        source = context.get_parameter_source("database")
        by_option = source is not None and source.name == "COMMANDLINE"
        if given.get("archive") and (by_option or by_position is not None):
            fail("a database and an archive are named", "name one of them; the command reads either")
        if by_position is not None:
            if by_option and given["database"] != by_position:
                # Neither is repeated in the message: an address of PostgreSQL may hold a password.
                fact = "two databases are named, one with --database and another one without it"
                fail(fact, "name one, with --database")
            given["database"] = by_position
        command(**given)

    own = inspect.signature(command, eval_str=True)
    position = inspect.Parameter.POSITIONAL_OR_KEYWORD
    added = inspect.Parameter("context", position, annotation=typer.Context)
    hidden = inspect.Parameter(
        "by_position", position, default=None, annotation=Annotated[str | None, typer.Argument(hidden=True)]
    )
    vars(run)["__signature__"] = own.replace(parameters=[added, *own.parameters.values(), hidden])
    return run


WebhooksOption = Annotated[
    Path | None,
    typer.Option(
        "--webhooks",
        envvar="CHANNELGATE_WEBHOOKS",
        metavar="FILE",
        help="The systems that are notified, and how (docs/operate/webhooks.md).",
    ),
]

PoliciesOption = Annotated[
    Path,
    typer.Option(
        "--policies",
        envvar="CHANNELGATE_POLICIES",
        help="The policy folder.",
        default_factory=default_policies,
        show_default="policies here, else the shipped ones",
    ),
]
FloorOption = Annotated[
    Path | None,
    typer.Option(
        "--floor",
        envvar="CHANNELGATE_FLOOR",
        help="What no policy folder can lower: a file in the form of invariants.yaml.",
        show_default="floor.yaml beside the policies, else the shipped one",
    ),
]
RoleOption = Annotated[
    list[str] | None,
    typer.Option(
        "--role",
        metavar="PARTY",
        autocompletion=complete_party_or_role,
        help="Whose facts are believed: a key of `parties:` or its role; repeatable."
        " Facts of other owners are claims.",
        show_default="the asking party",
    ),
]
FolderOption = Annotated[
    Path | None, typer.Option("--policies", envvar="CHANNELGATE_POLICIES", help="The policy folder.")
]
DirectoryArgument = Annotated[
    Path | None, typer.Argument(help="The policy folder; --policies if left out.", show_default=False)
]
FeaturesOption = Annotated[
    Path | None,
    typer.Option(
        "--features",
        help="The folder of the feature files.",
        show_default="features beside the policies, else here",
    ),
]
DATABASE_HELP = "The ledger: a file, or a PostgreSQL URL."
DEFAULT_DATABASE = "channelgate.db"
DatabaseOption = Annotated[str, typer.Option("--database", envvar="CHANNELGATE_DATABASE", help=DATABASE_HELP)]
LanguageOption = Annotated[
    str | None,
    typer.Option(
        "--language",
        metavar="TAG",
        help="In which language titles, parties and questions are shown, such as ko, and what is said besides.",
        show_default="English",
    ),
]
FormatOption = Annotated[Format, typer.Option("--format", help="Text to read, or JSON.")]
ForceOption = Annotated[bool, typer.Option("--force", help="Replace files that exist.")]
DayOption = Annotated[
    dt.date | None,
    typer.Option("--as-of", parser=day_option, metavar="YYYY-MM-DD", help="The day to decide or show for."),
]
