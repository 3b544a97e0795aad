"""What the benchmark of the peers found: figures of each engine, their spread, and the goals for them."""

from __future__ import annotations

import statistics
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field


@dataclass
class Figures:
    """What was found of an engine, or of a way of calling it."""

    engine: str
    form: str
    by_hand: bool
    built_s: float
    requests: int = 0
    us: list[float] = field(default_factory=list)
    us_made_ready_too: list[float] = field(default_factory=list)


def spread(values: Sequence[float]) -> str:
    return f"{figure(statistics.median(values))} ({figure(min(values))}-{figure(max(values))})"


def figure(value: float) -> str:
    return f"{value:,.{2 if value < 10 else 1 if value < 100 else 0}f}"


@dataclass(frozen=True)
class PeerGoal:
    goal: str
    met: bool
    found: str


Contents = dict[str, list[Figures]]
"""What was found, by the name of the content."""


WAYS = (("warm", 0), ("cold", 1))
"""The ways of deciding that the goals are about, and where their figures stand."""


def assess_goals(contents: Contents) -> list[PeerGoal]:
    return [
        *assess_time(contents),
        *assess_ratio(contents),
        *assess_outcome(contents),
        *assess_growth(contents),
    ]


def assess_time(contents: Contents) -> Iterator[PeerGoal]:
    for way, place in WAYS:
        took = {name: statistics.median(found[place].us) for name, found in contents.items()}
        shown = "; ".join(f"{name} {figure(us)} us" for name, us in took.items())
        yield PeerGoal(f"decide with trace, {way}: at most 5 us", max(took.values()) <= 5, shown)


def assess_ratio(contents: Contents) -> Iterator[PeerGoal]:
    for which, by_hand in (
        ("the fastest peer", (True, False)),
        ("the fastest without an index by hand", (False,)),
    ):
        for way, place in WAYS:
            ratios, shown = [], []
            for name, found in contents.items():
                peers = [peer for peer in found if peer.engine != "channelgate" and peer.by_hand in by_hand]
                fastest = min(peers, key=lambda peer: statistics.median(peer.us))
                both = zip(fastest.us, found[place].us, strict=True)
                ratios.append(statistics.median(us / own for us, own in both))
                shown.append(f"{name} {figure(ratios[-1])} ({fastest.engine}, {fastest.form})")
            goal = f"decide with trace, {way}: at least 10 x faster than {which}"
            yield PeerGoal(goal, min(ratios) >= 10, "; ".join(shown))


OUTCOME_ALONE = 3
"""Where the figures of the outcome alone stand, for requests met before."""


def assess_outcome(contents: Contents) -> Iterator[PeerGoal]:
    to_decide, to_fastest, shown, beside = [], [], [], []
    for name, found in contents.items():
        own, decided = found[OUTCOME_ALONE], found[0]
        fastest = min(
            (peer for peer in found if peer.engine != "channelgate"),
            key=lambda peer: statistics.median(peer.us),
        )
        to_decide.append(_median_ratio(own, decided))
        to_fastest.append(_median_ratio(own, fastest))
        shown.append(f"{name} {figure(to_decide[-1])}")
        beside.append(f"{name} {figure(to_fastest[-1])} ({fastest.engine}, {fastest.form})")
    yield PeerGoal("outcome alone, warm: at most 0.5 of decide", max(to_decide) <= 0.5, "; ".join(shown))
    yield PeerGoal(
        "outcome alone, warm: less than the fastest peer, with its index",
        max(to_fastest) < 1,
        "; ".join(beside),
    )


def _median_ratio(of: Figures, to: Figures) -> float:
    return statistics.median(us / other for us, other in zip(of.us, to.us, strict=True))


def assess_growth(contents: Contents) -> Iterator[PeerGoal]:
    few, many = contents.get("20 rules"), contents.get("10,000 rules")
    for way, place in WAYS if few and many else ():
        growth = statistics.median(many[place].us) / statistics.median(few[place].us)
        yield PeerGoal(
            f"decide with trace, {way}: 10,000 rules at most 1.3 x of 20", growth <= 1.3, f"{growth:.2f} x"
        )
