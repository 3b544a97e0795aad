"""Mutated bodies: whatever the shapes of requests let pass is worked out too, and has to be the same to the byte.

`python -m benchmarks.mutated_bodies [--count N] [--seed N] [--policies DIR]`. Each body is a request with a few
changes of bytes, tokens or values, by a random number generator with a seed. What has a known shape is filled in, and
worked out again: the answer, the entry for the log and its leaf hash are compared. The end is 0 if all were equal.
"""

import argparse
import random
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

from api.parsing.problems import Problem
from benchmarks.http_requests import make_requests
from tests.support.shaped import CALLERS, EXAMPLES, ROOT, TRACE, Shapes, assert_same, body_of, mutate

EVERY = 100_000
"""After so many bodies the state is printed."""


def run(shapes: Shapes, count: int, seed: int) -> Counter[str]:
    """Send so many mutated bodies; return what became of how many. Raises AssertionError."""
    chance, found = random.Random(seed), Counter[str]()
    bodies = [body_of(request) for request in (*EXAMPLES, *make_requests(), *make_requests(3))]
    callers = [*CALLERS]
    for caller in callers:
        for body in bodies:
            shapes.teach(body, caller)
    began = time.process_time()
    for number in range(1, count + 1):
        sent = shapes.send(
            mutate(chance.choice(bodies), chance), chance.choice(callers), chance.choice((None, TRACE))
        )
        if sent.filled:
            assert_same(sent)
            found["filled in, equal"] += 1
        elif sent.strict is None:
            found["left to be worked out"] += 1
        else:
            found["worked out: refused" if isinstance(sent.strict, Problem) else "worked out: answered"] += 1
        if number % EVERY == 0:
            print(f"{number:,} bodies, {time.process_time() - began:.0f} s: {dict(found)}", flush=True)
    return found


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--count", type=int, default=1_000_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--policies", type=Path, default=ROOT / "policies")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        found = run(Shapes(Path(folder), policies=options.policies), options.count, options.seed)
    print(f"{options.count:,} mutated bodies, seed {options.seed}: all that were filled in are equal")
    for what, number in sorted(found.items()):
        print(f"  {what:24} {number:>10,}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
