"""What the pages of the console cost: their size and CPU time over a long log, and what browsing costs pre-checks.

`python -m benchmarks.console [--out FILE] [--only PART] [--keep DIR] [--times N] [--repeats N] [--quick]`.

`pages` opens every page that links lead to, for each role, over a log of 100,000 decisions and registers of 20,000
items. `browsing` puts the load of `over_http` on a service while twenty people open a page each every ten seconds,
from a console in a process of its own. `beside` puts it on a service without a console and on one with it, nobody
signed in, in turn: what the console does of itself. CPU time is that of the serving process, all threads; what else
the machine does counts for little in it.
"""

from __future__ import annotations

import argparse
import csv
import http.client
import json
import re
import signal
import statistics
import sys
import tempfile
import threading
import time
from collections import deque
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import asdict, dataclass, field, replace
from http.cookies import SimpleCookie
from itertools import cycle
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from api.ledger.database import Database
from api.storage.decision_index import read_batch, read_reach, store_batch
from benchmarks.contenders import CLI, cli
from benchmarks.http_requests import DEPARTMENT, make_requests, write_bodies
from benchmarks.machine import describe_machine
from benchmarks.processes import (
    LOAD_CORE,
    MARK,
    ROOT,
    SERVER_CORE,
    CannotMeasure,
    Run,
    Server,
    free_port,
    need_tools,
    put_load,
    serving,
)

ROLES = ("department", "committee", "liaison", "policy_officer", "auditor")
MOST_BYTES, MOST_MILLISECONDS = 100_000, 50.0
RATE_FLOOR, P99_CEILING = 0.95, 1.2
PEOPLE, SECONDS_A_PAGE = 20, 10
ENTRIES_A_CALL = 5_000
PARTS = ("pages", "browsing", "beside")
_LINK = re.compile(r'href="(/[^"#]*)"')
_HIDDEN = re.compile(r'<input type="hidden" name="(form_token|call_key)" value="([^"]*)">')
_ID = re.compile(
    r"[0-9a-f]{8}-[0-9a-f-]{27}|[0-9a-f]{64}|(?<=/)[A-Z]+-?\d[\w.-]*|(?<=/)list-\d+|(?<=/)\d+"
    r"|(?<=/policies/files/)[\w-]+|(?<=/policies/countries/)[\w-]+"
)
_PRINTED = re.compile(r"^/registers/papers/(draft/print|\d+/page)")
"""Papers, which are printed whole, however long."""
_VALUE = re.compile(r"=[^&]*")
_FILE = re.compile(r"\.(csv|xlsx|zip|atom|json|mjs|js|css|svg)$|^/(static|v1)/")
SEEDED = "seeded.json"
"""Says of a folder how much is recorded there, and by which keys its pages are opened."""


@dataclass(frozen=True)
class Amount:
    """How much is recorded and measured."""

    decisions: int = 100_000
    items: int = 20_000
    cases: int = 200
    times: int = 15
    repeats: int = 5
    seconds: int = 10

    @property
    def recorded(self) -> dict[str, int]:
        """What of it a database holds."""
        return {"decisions": self.decisions, "items": self.items, "cases": self.cases}


QUICK = Amount(decisions=2_000, items=500, cases=5, times=3, repeats=1, seconds=2)


@dataclass
class PageCost:
    """A page that one role sees: its bytes, and the CPU time of the server in milliseconds, for each opening."""

    role: str
    path: str
    size: int
    milliseconds: list[float] = field(default_factory=list)

    @property
    def median(self) -> float:
        return statistics.median(self.milliseconds)

    @property
    def shape(self) -> str:
        return _shape(self.path)


def _shape(path: str) -> str:
    """The address without ids and without values."""
    return _VALUE.sub("=", _ID.sub("#", path))


class Reader:
    """Somebody with a browser: opens pages, signed in."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._cookies: dict[str, str] = {}

    def sign_in(self, key: str) -> None:
        _, page, _ = self._exchange("GET", "/sign-in")
        form = urlencode({**dict(_HIDDEN.findall(page.decode())), "api_key": key, "next": "/"})
        status, answer, _ = self._exchange("POST", "/sign-in", form)
        if status != 303:
            raise CannotMeasure(f"nobody could sign in: {status} {answer[:300]!r}")

    def open(self, path: str) -> tuple[int, bytes, str]:
        """Return status, content and media type of a page."""
        return self._exchange("GET", path)

    def _exchange(self, method: str, path: str, form: str | None = None) -> tuple[int, bytes, str]:
        headers = {"Accept": "text/html", "Accept-Language": "en"}
        if self._cookies:
            headers["Cookie"] = "; ".join(f"{name}={value}" for name, value in self._cookies.items())
        if form is not None:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        connection = http.client.HTTPConnection("127.0.0.1", self._port, timeout=60)
        try:
            connection.request(method, path, form, headers)
            response = connection.getresponse()
            content = response.read()
            for line in response.headers.get_all("Set-Cookie") or ():
                self._cookies.update({name: morsel.value for name, morsel in SimpleCookie(line).items()})
            return response.status, content, response.headers.get_content_type()
        finally:
            connection.close()


class Installation:
    """A database with its keys, and services on it."""

    def __init__(self, folder: Path, amount: Amount) -> None:
        self._folder = folder
        seeded = folder / SEEDED
        if seeded.exists():
            found = json.loads(seeded.read_text())
            if found["amount"] != amount.recorded:
                raise CannotMeasure(f"{folder} holds {found['amount']}; name another folder")
            self.keys = found["keys"]
        else:
            self.keys = {role: self._new_key(role) for role in ROLES}
            self._fill(amount)
            self._index()
            seeded.write_text(json.dumps({"amount": amount.recorded, "keys": self.keys}))

    def _new_key(self, role: str) -> str:
        department = ("--department", DEPARTMENT) if role == "department" else ()
        file = str(self._folder / "keys.json")
        return cli("keys", "new", "--name", f"{role}-1", "--role", role, *department, "--file", file).strip()

    @contextmanager
    def service(
        self, name: str, *options: str, core: str = SERVER_CORE, role: str = "department"
    ) -> Iterator[Server]:
        port = free_port()
        where = ("--port", port, "--policies", ROOT / "policies", "--database", self._folder / "log.db")
        command = [*CLI, "serve", *where, "--api-keys", self._folder / "keys.json", *options]
        headers = {"Authorization": f"Bearer {self.keys[role]}"}
        log, path = self._folder / f"{name}.log", "/v1/pre-check"
        with serving(
            name, command, port, path, ready="/readyz", log=log, headers=headers, cores=core
        ) as server:
            yield server

    def _fill(self, amount: Amount) -> None:
        """Record decisions, cases and the items of registers."""
        self._import_items(amount.items)
        requests = make_requests()
        with self.service("filling") as server, server.going():
            for start in range(0, amount.decisions, ENTRIES_A_CALL):
                count = min(ENTRIES_A_CALL, amount.decisions - start)
                bodies = [
                    {**requests[number % len(requests)], "request_id": f"{DEPARTMENT}-{number:07}"}
                    for number in range(start, start + count)
                ]
                server.post(json.dumps(bodies).encode(), "/v1/pre-checks", 600)
            for number in range(amount.cases):
                self._open_case(server, {**requests[0], "request_id": f"{DEPARTMENT}-case-{number:05}"})

    def _index(self) -> None:
        """Bring the index of decisions to the end of the log; the task of the service takes its time for that."""
        database = Database(str(self._folder / "log.db"))
        database.prepare()
        try:
            while True:
                with database.writing() as connection:
                    batch = read_batch(connection, read_reach(connection), ENTRIES_A_CALL)
                    if not store_batch(connection, batch):
                        return
        finally:
            database.dispose()

    def _open_case(self, server: Server, request: dict[str, Any]) -> None:
        connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=60)
        headers = {
            **server.headers,
            "Content-Type": "application/json",
            "Idempotency-Key": request["request_id"],
        }
        connection.request("POST", "/v1/cases", json.dumps(request), headers)
        answer = connection.getresponse()
        if answer.status != 201:
            raise CannotMeasure(f"no case was opened: {answer.read()[:500]!r}")
        connection.close()

    def _import_items(self, items: int) -> None:
        lists, rows = self._folder / "lists.csv", self._folder / "items.csv"
        with lists.open("w", newline="") as stream:
            writer = csv.writer(stream)
            writer.writerow(
                "list_id title country legacy_list source batch transfer_procedure put_to_session".split()
            )
            for number in range(20):
                legacy = ("provided", "pending")[number % 2]
                procedure = ("recorded", "none")[number % 2]
                writer.writerow(
                    [f"list-{number:02}", f"List {number}", "KP", legacy, "seed", "first", procedure, "7"]
                )
        with rows.open("w", newline="") as stream:
            writer = csv.writer(stream)
            columns = "item_no list_id description kind quantity unit provided_on provided_to remarks"
            writer.writerow(columns.split())
            for number in range(items):
                provided = number % 2 == 0
                day, to = ("1963-05-01", "a mission") if provided else ("", "")
                name = f"I-{number:06}"
                described = f"drawings of machine {number}"
                writer.writerow([name, f"list-{number % 20:02}", described, "drawing", 1, "set", day, to, ""])
        cli("registers", "import", str(lists), str(rows), "--database", str(self._folder / "log.db"))


def cpu_seconds(process: int) -> float:
    """The CPU time that a process has used, all its threads, to the nanosecond (clock_getcpuclockid, Linux)."""
    return time.clock_gettime((~process << 3) | 2)


def measure_pages(installation: Installation, amount: Amount, most_alike: int = 2) -> list[PageCost]:
    """Open every page that links lead to, `most_alike` of those whose addresses differ in an id alone."""
    found: list[PageCost] = []
    with installation.service("console") as server, server.going():
        for role in ROLES:
            reader = Reader(server.port)
            reader.sign_in(installation.keys[role])
            for path in list(_walk(reader, most_alike)):
                cost = PageCost(role, path, len(reader.open(path)[1]))
                for _ in range(amount.times):
                    before = cpu_seconds(server.process.pid)
                    reader.open(path)
                    cost.milliseconds.append((cpu_seconds(server.process.pid) - before) * 1000)
                found.append(cost)
    return found


def _walk(reader: Reader, most_alike: int) -> Iterator[str]:
    seen, alike = {"/"}, dict[str, int]()
    waiting = deque(seen)
    while waiting:
        path = waiting.popleft()
        status, content, media_type = reader.open(path)
        if status != 200 or media_type != "text/html":
            continue
        yield path
        for link in _LINK.findall(content.decode()):
            link = link.replace("&amp;", "&")
            shape = _shape(link)
            if link in seen or _FILE.search(link.partition("?")[0]) or alike.get(shape, 0) >= most_alike:
                continue
            seen.add(link)
            alike[shape] = alike.get(shape, 0) + 1
            waiting.append(link)


def show_pages(found: list[PageCost]) -> bool:
    """Print the dearest of each shape of address."""
    print(f"\n{'pages':>5} {'bytes':>8} {'CPU ms':>8}  role, page")
    good = True
    shapes: dict[str, list[PageCost]] = {}
    for cost in found:
        shapes.setdefault(cost.shape, []).append(cost)
    for costs in sorted(shapes.values(), key=lambda costs: -max(cost.median for cost in costs)):
        size, dearest = max(cost.size for cost in costs), max(costs, key=lambda cost: cost.median)
        remark = ""
        if _PRINTED.match(dearest.path):
            remark = "   (a paper, printed whole)"
        elif size > MOST_BYTES or dearest.median > MOST_MILLISECONDS:
            good, remark = False, "   OVER"
        print(f"{len(costs):5} {size:8,} {dearest.median:8.1f}  {dearest.role} {dearest.path}{remark}")
    bounds = f"{MOST_BYTES:,} bytes, {MOST_MILLISECONDS} ms"
    print(f"{len(found)} pages of {len(shapes)} shapes; bounds: {bounds}: {'kept' if good else 'MISSED'}")
    return good


def measure_browsing(installation: Installation, amount: Amount, folder: Path) -> dict[str, list[Run]]:
    """Put the load on the service in turn without anybody browsing and with all of them."""
    bodies = write_bodies(
        folder / "browsing.jsonl", [{**request, "request_id": MARK} for request in make_requests()]
    )
    found: dict[str, list[Run]] = {"alone": [], "browsed": []}
    with ExitStack() as stack:
        service = stack.enter_context(installation.service("service", "--no-console"))
        console = stack.enter_context(installation.service("console-process", core=LOAD_CORE))
        stack.enter_context(console.going())
        readers = [Reader(console.port) for _ in range(PEOPLE)]
        for reader, role in zip(readers, cycle(ROLES), strict=False):
            reader.sign_in(installation.keys[role])
        pages = {id(reader): cycle([*_walk(reader, 1)]) for reader in readers[: len(ROLES)]}
        paths = [pages[id(readers[number % len(ROLES)])] for number in range(PEOPLE)]
        put_load(service, bodies, 16, 2, "warm-")
        for repeat in range(amount.repeats):
            found["alone"].append(put_load(service, bodies, 16, amount.seconds, f"a{repeat}-"))
            stop = threading.Event()
            browsing = threading.Thread(target=_browse, args=(readers, paths, stop))
            browsing.start()
            found["browsed"].append(put_load(service, bodies, 16, amount.seconds, f"b{repeat}-"))
            stop.set()
            browsing.join()
    return found


def _browse(readers: list[Reader], paths: list[cycle[str]], stop: threading.Event) -> None:
    """Each opens a page every ten seconds, one after the other at even distances."""
    for number in cycle(range(len(readers))):
        if stop.wait(SECONDS_A_PAGE / len(readers)):
            return
        readers[number].open(next(paths[number]))


def measure_beside(installation: Installation, amount: Amount, folder: Path) -> dict[str, list[Run]]:
    """Put the load in turn on a service without a console and on one with it; one runs at a time.

    One that stands still might hold the lock of the database.
    """
    bodies = write_bodies(
        folder / "beside.jsonl", [{**request, "request_id": MARK} for request in make_requests()]
    )
    found: dict[str, list[Run]] = {"alone": [], "beside": []}
    for repeat in range(amount.repeats):
        for name, options in (("alone", ("--no-console",)), ("beside", ())):
            with installation.service(name, *options) as service:
                put_load(service, bodies, 16, 2, f"{name}-warm{repeat}-")
                found[name].append(put_load(service, bodies, 16, amount.seconds, f"{name}{repeat}-"))
    return found


def show_pairs(what: str, found: dict[str, list[Run]]) -> bool:
    """Print how the runs of the second sort compare with those of the first, pair by pair."""
    pairs = [*zip(*found.values(), strict=True)]
    rates = [second.per_second / first.per_second for first, second in pairs]
    p99s = [second.p99 / first.p99 for first, second in pairs]
    rate, p99 = statistics.median(rates), statistics.median(p99s)
    failed = sum(run.failed for runs in found.values() for run in runs)
    good = rate >= RATE_FLOOR and p99 <= P99_CEILING and failed == 0
    print(f"\n{what}, medians of {len(rates)} pairs (least to most)")
    print(f"  rate of pre-checks {rate:.3f} ({min(rates):.3f} to {max(rates):.3f}), floor {RATE_FLOOR}")
    print(f"  their p99 {p99:.3f} ({min(p99s):.3f} to {max(p99s):.3f}), ceiling {P99_CEILING}")
    print(f"  failed {failed}: {'kept' if good else 'MISSED'}")
    return good


def _plain(found: dict[str, list[Run]]) -> dict[str, list[dict[str, Any]]]:
    return {name: [asdict(run) for run in runs] for name, runs in found.items()}


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--out", type=Path, metavar="FILE", help="write what was found, as JSON")
    parser.add_argument(
        "--work", type=Path, metavar="DIR", default=ROOT / "out", help="a folder on a real disk"
    )
    parser.add_argument(
        "--keep",
        type=Path,
        metavar="DIR",
        help="record in this folder, or use what was recorded there before",
    )
    parser.add_argument("--only", choices=PARTS, help="this part alone")
    parser.add_argument("--times", type=int, metavar="N", help="open each page so often")
    parser.add_argument("--repeats", type=int, metavar="N", help="measure so many pairs of runs")
    parser.add_argument(
        "--quick", action="store_true", help="everything in little, to try the benchmark itself"
    )
    options = parser.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(2))  # so that every server is stopped then too
    amount, good = (QUICK if options.quick else Amount()), True
    chosen = {name: getattr(options, name) for name in ("times", "repeats") if getattr(options, name)}
    amount = replace(amount, **chosen)
    try:
        need_tools()
        options.work.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=options.work, prefix="console-") as name:
            folder = (options.keep or Path(name)).resolve()
            folder.mkdir(parents=True, exist_ok=True)
            installation = Installation(folder, amount)
            written: dict[str, Any] = {"machine": describe_machine(folder), "amount": asdict(amount)}
            parts = [options.only] if options.only else PARTS
            if "pages" in parts:
                pages = measure_pages(installation, amount)
                written["pages"] = [asdict(page) for page in pages]
                good &= show_pages(pages)
            if "browsing" in parts:
                browsing = measure_browsing(installation, amount, folder)
                written["browsing"] = _plain(browsing)
                good &= show_pairs(f"while {PEOPLE} people browse", browsing)
            if "beside" in parts:
                beside = measure_beside(installation, amount, folder)
                written["beside"] = _plain(beside)
                good &= show_pairs("with a console that nobody has opened", beside)
            if options.out:
                options.out.write_text(json.dumps(written, indent=2))
    except CannotMeasure as fault:
        print(f"console: {fault}", file=sys.stderr)
        sys.exit(2)
    sys.exit(0 if good else 1)


if __name__ == "__main__":
    main()
