"""The pytest plugin that runs scenarios as tests in several processes, and reports them in the order of the files.

With `--scenario-workers N` the tests are run by N forks of the process that collected them, so that each begins with
all that is cached of the policies. What a test reports goes to the first process in the form in which pytest itself
sends reports, and is reported there as if the test had been run there.
"""

from __future__ import annotations

import itertools
import multiprocessing
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from multiprocessing.connection import Connection, wait
from typing import Any

import pytest

FEW = 8
"""So few tests to a process are not worth one."""

_FORKS = multiprocessing.get_context("fork")
_OF_THE_FIRST = ("terminalreporter", "compliance-recorder")
"""The plugins that take in what is reported, in the process that has all of it."""

Reports = list[dict[str, Any]]
"""The reports of a test, as pytest writes them."""


def pytest_addoption(parser: pytest.Parser) -> None:
    """Offer to run the tests in several processes."""
    parser.addoption(
        "--scenario-workers", metavar="N", type=int, default=1, help="how many processes run the scenarios"
    )


@pytest.hookimpl(tryfirst=True)
def pytest_runtestloop(session: pytest.Session) -> bool | None:
    """Run the tests in several processes, if that is requested and worth it.

    Raises RuntimeError if one of them ended before its time.
    """
    config = session.config
    workers = min(config.getoption("--scenario-workers"), len(session.items) // FEW)
    if workers < 2 or session.testsfailed or config.option.collectonly:
        return None
    with _started(session, workers) as readers:
        left = _report_in_order(session, readers)
    if left:
        raise RuntimeError(f"a process that ran scenarios ended early: {left} tests have no report")
    return True


def _report_in_order(session: pytest.Session, readers: list[Connection]) -> int:
    """Report what the processes send, until all have ended; for how many tests nothing came."""
    early: dict[int, Reports] = {}
    following = 0
    try:
        while readers:
            for reader in wait(readers):
                assert isinstance(reader, Connection)
                try:
                    number, reports = reader.recv()
                except EOFError:
                    readers.remove(reader)
                    continue
                early[number] = reports
                while following in early:
                    _report(session, following, early.pop(following))
                    following += 1
    except KeyboardInterrupt:
        for number, reports in sorted(early.items()):
            _report(session, number, reports)
        raise
    return len(session.items) - following


def _report(session: pytest.Session, number: int, reports: Reports) -> None:
    config, item = session.config, session.items[number]
    config.hook.pytest_runtest_logstart(nodeid=item.nodeid, location=item.location)
    for written in reports:
        report = config.hook.pytest_report_from_serializable(config=config, data=written)
        config.hook.pytest_runtest_logreport(report=report)
    config.hook.pytest_runtest_logfinish(nodeid=item.nodeid, location=item.location)


@contextmanager
def _started(session: pytest.Session, workers: int) -> Iterator[list[Connection]]:
    """Start the processes; yields what they send, each of them (number of the test, its reports)."""
    # Made by the first that needs it, and emptied: all have to have the same one.
    session.config._tmp_path_factory.getbasetemp()  # type: ignore[attr-defined]  # pytest has no public way to it
    groups = _groups_of(session.items)
    taken = _FORKS.Value("L", 0)

    def take() -> range | None:
        with taken.get_lock():
            number = taken.value
            taken.value += 1
        return groups[number] if number < len(groups) else None

    readers: list[Connection] = []
    processes = []
    try:
        for _ in range(workers):
            reader, writer = _FORKS.Pipe(duplex=False)
            process = _FORKS.Process(target=_run, args=(session, take, writer))
            process.start()
            writer.close()  # before the next fork: the end of this process is the end of what it sends
            readers.append(reader)
            processes.append(process)
        yield readers
    finally:
        for process in processes:
            if readers:
                process.terminate()
            process.join()


def _groups_of(items: Sequence[pytest.Item]) -> list[range]:
    """The positions of the tests of each scenario: what one door has put together for it, the others find cached."""
    groups, start = [], 0
    for _, group in itertools.groupby(items, key=lambda item: item.location[:2]):
        end = start + len(list(group))
        groups.append(range(start, end))
        start = end
    return groups


class _Collected:
    """A plugin that takes in the reports of one test after the other."""

    def __init__(self, config: pytest.Config) -> None:
        self._config = config
        self.reports: Reports = []

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Take in a report."""
        write = self._config.hook.pytest_report_to_serializable
        self.reports.append(write(config=self._config, report=report))


def _run(session: pytest.Session, take: Callable[[], range | None], writer: Connection) -> None:
    """Run one group after the other; the next is known before one ends, so that fixtures of both stay."""
    plugins, items = session.config.pluginmanager, session.items
    for name in _OF_THE_FIRST:
        if plugins.has_plugin(name):
            plugins.unregister(name=name)
    collected = _Collected(session.config)
    plugins.register(collected)
    group = take()
    with suppress(KeyboardInterrupt):  # the first process says so
        while group is not None:
            following = take()
            numbers = [*group, *(following or ())[:1]]
            for number, next_number in itertools.zip_longest(group, numbers[1:]):
                item, next_item = items[number], None if next_number is None else items[next_number]
                session.config.hook.pytest_runtest_protocol(item=item, nextitem=next_item)
                writer.send((number, collected.reports))
                collected.reports = []
            group = following
