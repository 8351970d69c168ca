"""`python -m tests.sim.replay SEED [FIRST..LAST]`: play seeds and show the log of those that fail (or of one, with -v)."""

import argparse
import os
import sys
import time
from contextlib import nullcontext


def main() -> None:
    parser = argparse.ArgumentParser(prog="tests.sim.replay")
    parser.add_argument("seed", type=int)
    parser.add_argument("last", type=int, nargs="?")
    parser.add_argument("-v", "--verbose", action="store_true", help="show the whole log")
    parser.add_argument("-n", "--lines", type=int, default=200)
    parser.add_argument("-p", "--profile", default="", help="the faults that chance may bring (scenario.py)")
    parser.add_argument("-m", "--mutation", help="the code broken on purpose (mutations.py)")
    parser.add_argument("-s", "--script", help="a named seed (scripts.py) instead of chance")
    options = parser.parse_args()
    from tests.sim.mutations import MUTATIONS
    from tests.sim.scripts import SCRIPTS
    from tests.sim.world import run_seed

    script = SCRIPTS[options.script] if options.script else None

    failed = 0
    began = time.perf_counter()
    for seed in range(options.seed, (options.last or options.seed) + 1):
        with MUTATIONS[options.mutation].broken() if options.mutation else nullcontext():
            outcome = run_seed(seed, script, options.profile)
        if outcome.failure is not None:
            failed += 1
            print(outcome.report(len(outcome.lines) if options.verbose else options.lines))
        elif options.verbose:
            print("\n".join(outcome.lines))
        if options.last is None:
            print(outcome.stats)
    print(f"{failed} failed, {time.perf_counter() - began:.1f} s")
    sys.exit(failed > 0)


if __name__ == "__main__":
    if os.environ.get("PYTHONHASHSEED") != "0":
        # Sets of strings must have the same order each time.
        os.execve(
            sys.executable,
            [sys.executable, "-m", "tests.sim.replay", *sys.argv[1:]],
            {**os.environ, "PYTHONHASHSEED": "0"},
        )
    main()
