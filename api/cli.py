"""The command line: `channelgate check`, `policies`, `clauses`, `keys`, `serve`.

Exit codes: 0 done, 1 there are findings (or, with --exit-code, the handover may not take place as asked),
2 the job could not be done.
"""

from __future__ import annotations

import datetime as dt
import json
import sys
from enum import StrEnum
from importlib.metadata import version
from pathlib import Path
from typing import Annotated, Any, NoReturn

import typer
from rich.console import Console

from api.active_policies import read_folder
from api.commands.check_policies import check_policies
from api.commands.clearance import clearance_app
from api.commands.compare import compare_policies
from api.commands.due import show_due
from api.commands.erase import erase
from api.commands.exits import COULD_NOT, FINDINGS, fail
from api.commands.explaining import print_explanation
from api.commands.fmt import lay_out_policies
from api.commands.keys import ApiKeysOption, AudienceOption, IssuerOption, JwksOption, NoAuthOption, keys_app
from api.commands.loading import read_promises
from api.commands.log import log_app
from api.commands.options import PoliciesOption, read_day
from api.commands.presenting import (
    print_clauses,
    print_decision,
    print_findings,
    print_policies,
    print_policy,
)
from api.commands.prove import prove_policies
from api.commands.reconcile import reconcile
from api.commands.register_pages import print_register_page
from api.commands.registers import registers_app
from api.commands.report import report_compliance
from api.commands.review import review_links
from api.commands.schema import print_schema
from api.commands.screen import screen
from api.commands.store import store_app
from api.commands.testing import show_what_scenarios_show
from api.decision_ids import new_decision_id
from api.explained import with_explanation
from api.kept_apart import read_names
from api.problems import Problem
from api.promises import Promise
from api.reading import read_request
from api.settings import Settings
from engine import (
    Permission,
    PolicyFaults,
    PolicySet,
    clause_coverage,
    decide,
    describe_policies,
    describe_policy,
    explain,
    load_policies,
)


class Format(StrEnum):
    """How a command prints its answer."""

    TEXT = "text"
    JSON = "json"


app = typer.Typer(
    name="channelgate",
    help="Ask before any handover: may this item go to this mission by this route now, and why (not)?",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
policies_app = typer.Typer(help="Look after the policy folder.", no_args_is_help=True)
app.add_typer(policies_app, name="policies")
policies_app.command("check")(check_policies)
policies_app.command("fmt")(lay_out_policies)
policies_app.command("schema")(print_schema)
policies_app.command("prove")(prove_policies)
policies_app.command("compare")(compare_policies)
policies_app.command("test")(show_what_scenarios_show)
policies_app.command("review")(review_links)
policies_app.command("report")(report_compliance)
app.add_typer(keys_app, name="keys")
app.add_typer(log_app, name="log")
app.command("due")(show_due)
app.add_typer(registers_app, name="registers")
registers_app.command("print")(print_register_page)
app.add_typer(clearance_app, name="clearance")
app.command("reconcile")(reconcile)
log_app.command("erase")(erase)
app.add_typer(store_app, name="store")
app.command("screen")(screen)

console = Console(highlight=False, width=None if sys.stdout.isatty() else 100)
errors = Console(highlight=False, stderr=True)


def _kept_apart(text: str) -> str:
    try:
        read_names(text)
    except ValueError as error:
        raise typer.BadParameter(str(error)) from error
    return text


def _version(asked: bool) -> None:
    if asked:
        console.print(f"channelgate {version('channelgate')}")
        raise typer.Exit


@app.callback()
def _options(
    _: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Show the version and exit.")
    ] = False,
) -> None: ...


FormatOption = Annotated[Format, typer.Option("--format", help="Text to read, or JSON.")]
KeepApartOption = Annotated[
    str,
    typer.Option(
        envvar="CHANNELGATE_KEEP_APART",
        metavar="FACTS",
        parser=_kept_apart,
        help="Texts that stay out of the log, so that they can be erased: `personal`, or facts with commas between.",
    ),
]
DayOption = Annotated[
    dt.date | None,
    typer.Option("--as-of", parser=read_day, metavar="YYYY-MM-DD", help="The day to decide or show for."),
]


@app.command()
def check(
    file: Annotated[str, typer.Argument(help="A file with the request as JSON, or - for standard input.")],
    policies: PoliciesOption,
    as_of: DayOption = None,
    format_: FormatOption = Format.TEXT,
    exit_code: Annotated[
        bool, typer.Option("--exit-code", help="Exit 1 unless the handover may take place as asked.")
    ] = False,
    explained: Annotated[
        bool,
        typer.Option("--explain", help="Show every rule considered, and what would change the answer."),
    ] = False,
) -> None:
    """Decide one request. The facts are taken as given; nothing is recorded."""
    active, _ = _load(policies)
    received = read_request(_read(file))
    if isinstance(received, Problem):
        _report_problem(file, received)
    request = received.request
    if as_of is not None:
        request = request.model_copy(update={"as_of": as_of})
    now = dt.datetime.now(dt.UTC)
    decision = decide(active, request, decision_id=new_decision_id(now), evaluated_at=now)
    explanation = explain(active, request, decision) if explained else None
    if format_ is Format.JSON:
        _print_json(with_explanation(decision, explanation) if explanation else decision.to_json())
    else:
        print_decision(console, active, decision)
        if explanation:
            print_explanation(console, explanation)
    if exit_code and decision.handover_as_asked is not Permission.YES:
        raise typer.Exit(FINDINGS)


@policies_app.command("show")
def show_policies(
    policies: PoliciesOption,
    name: Annotated[
        str | None, typer.Argument(help="One policy, such as korea; all in short if left out.")
    ] = None,
    as_of: DayOption = None,
    format_: FormatOption = Format.TEXT,
) -> None:
    """Show the policies as the engine has read them."""
    active, _ = _load(policies)
    day = as_of or dt.datetime.now(dt.UTC).date()
    if name is None:
        described = describe_policies(active, day)
    elif found := describe_policy(active, name, day):
        described = found
    else:
        fail(
            f"there is no policy `{name}`",
            f"name one of {', '.join(policy.name for policy in active.policies)}",
        )
    if format_ is Format.JSON:
        _print_json(json.dumps(described, ensure_ascii=False).encode())
    elif name is None:
        print_policies(console, described)
    else:
        print_policy(console, described)


@app.command()
def clauses(
    policies: PoliciesOption,
    features: Annotated[Path, typer.Option("--features", help="The folder of the feature files.")] = Path(
        "features"
    ),
    format_: FormatOption = Format.TEXT,
) -> None:
    """Show each clause with the rules that carry it out and the scenarios that show it; exit 1 if there are gaps."""
    active, _ = _load(policies)
    scenarios = read_promises(features)
    rows = [
        _clause_row(active, clause, rules, scenarios) for clause, rules in clause_coverage(active).items()
    ]
    if format_ is Format.JSON:
        _print_json(json.dumps(rows, ensure_ascii=False).encode())
    else:
        print_clauses(console, rows)
    if any(row["gap"] for row in rows):
        raise typer.Exit(FINDINGS)


@app.command()
def serve(
    policies: PoliciesOption,
    host: Annotated[
        str, typer.Option(envvar="CHANNELGATE_HOST", help="The address to listen at.")
    ] = "127.0.0.1",
    port: Annotated[
        int, typer.Option(envvar="CHANNELGATE_PORT", min=0, max=65535, help="The port; 0 takes a free one.")
    ] = 8064,
    workers: Annotated[
        int,
        typer.Option(
            "--workers",
            envvar="CHANNELGATE_WORKERS",
            min=1,
            max=64,
            help="How many processes answer; they share the port and the log.",
        ),
    ] = 1,
    database: Annotated[
        str,
        typer.Option(envvar="CHANNELGATE_DATABASE", help="The decision log: a file, or a PostgreSQL URL."),
    ] = "channelgate.db",
    jwks: JwksOption = None,
    issuer: IssuerOption = None,
    audience: AudienceOption = None,
    api_keys: ApiKeysOption = None,
    insecure_no_auth: NoAuthOption = False,
    keep_apart: KeepApartOption = "",
    exercise: Annotated[
        bool,
        typer.Option(
            "--exercise",
            envvar="CHANNELGATE_EXERCISE",
            help="Clear what was decided about past days too, for exercises with the dates of old.",
        ),
    ] = False,
    accept_unproved: Annotated[
        bool,
        typer.Option(
            "--accept-unproved",
            envvar="CHANNELGATE_ACCEPT_UNPROVED",
            help="For trying out: decide by policies that are not proved over all requests.",
        ),
    ] = False,
) -> None:
    """Answer pre-checks over HTTP, each recorded before it is given, to callers with a token or an API key."""
    from api.server import ServerFault, run_server

    _load(policies)
    try:
        run_server(
            Settings(
                policies=policies,
                host=host,
                port=port,
                workers=workers,
                database=database,
                jwks=jwks,
                issuer=issuer,
                audience=audience,
                api_keys=api_keys,
                insecure_no_auth=insecure_no_auth,
                keep_apart=keep_apart,
                exercise=exercise,
                accept_unproved=accept_unproved,
            )
        )
    except ServerFault as fault:
        fail(str(fault), fault.remedy)


def main() -> None:
    """Run the command line."""
    app()


def _files(folder: Path) -> dict[str, bytes]:
    try:
        return read_folder(folder)
    except PolicyFaults as faults:
        for finding in faults.diagnostics:
            where = finding.place.file
            errors.print(
                f"channelgate: {where}: {finding.message}; {finding.remedy}", soft_wrap=True, markup=False
            )
        raise typer.Exit(COULD_NOT) from faults


def _load(folder: Path) -> tuple[PolicySet, dict[str, bytes]]:
    files = _files(folder)
    try:
        return load_policies(files), files
    except PolicyFaults as faults:
        print_findings(errors, faults.diagnostics, files)
        fail(
            f"the policies in {folder} have faults, so nothing is decided by them",
            "mend the places named above",
        )


def _read(file: str) -> bytes:
    try:
        return sys.stdin.buffer.read() if file == "-" else Path(file).read_bytes()
    except OSError as error:
        fail(
            f"{file} cannot be read ({error.strerror})",
            "name a file with a request as JSON, or - for standard input",
        )


def _clause_row(
    policies: PolicySet, clause: str, rules: tuple[str, ...], scenarios: list[Promise]
) -> dict[str, Any]:
    shown = [scenario.place for scenario in scenarios if f"@clause:{clause}" in scenario.tags]
    tagged = {tag for scenario in scenarios for tag in scenario.tags}
    gaps = ["no scenario"] if rules and not shown else []
    gaps += [f"no scenario for the rule {rule}" for rule in rules if f"@rule:{rule}" not in tagged]
    no_rule = policies.clauses[clause].no_rule
    return {
        "clause": clause,
        "rules": list(rules),
        "no_rule": no_rule,
        "scenarios": shown,
        "gap": ", ".join(gaps),
    }


def _report_problem(file: str, problem: Problem) -> NoReturn:
    errors.print(f"{file}: {problem.title} {problem.detail}", soft_wrap=True, markup=False)
    for fault in problem.errors or ():
        errors.print(f"  {fault.pointer or 'the whole'}: {fault.detail}", soft_wrap=True, markup=False)
    raise typer.Exit(COULD_NOT)


def _print_json(content: bytes) -> None:
    sys.stdout.write(json.dumps(json.loads(content), indent=2, ensure_ascii=False) + "\n")
