"""A new notebook: first paint, first key, what had to be loaded for it. Cold, and again with the browser's cache."""

import json
from typing import Final

from bench.harness import ROOT, Bench, Measure, Most
from bench.page.browser import Watched, axe_source, chromium
from bench.page.parties import LabParty, NoctuleParty, Party

KERNEL: Final = {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}
QUIET_MS: Final = 1_500


def notebook(*sources: str) -> bytes:
    """An .ipynb of code cells without outputs."""
    cells = [
        {"id": f"c{n}", "cell_type": "code", "source": text, "metadata": {}, "outputs": [], "execution_count": None}
        for n, text in enumerate(sources)
    ]
    return json.dumps({"nbformat": 4, "nbformat_minor": 5, "metadata": KERNEL, "cells": cells}).encode()


async def run(bench: Bench) -> None:
    figures = Cold(bench)
    async with (
        NoctuleParty.started(bench.directory("noctule")) as ours,
        LabParty.started(bench.directory("lab")) as lab,
    ):
        for number in range(1 if bench.quick else 5):
            for party in (ours, lab):
                await figures.of(party, number)


class Cold:
    def __init__(self, bench: Bench) -> None:
        def measure(name: str, unit: str, goal: Most | None = None) -> Measure:
            return bench.measure("page: new notebook", name, unit, goal)

        self.paint = measure("first contentful paint, cold", "ms", Most(500))
        self.key = measure("a typed key shows, cold", "ms", Most(1000))
        self.scripts = measure("JavaScript before first paint, gzip", "KB", Most(250))
        self.bytes = measure("whole transfer", "MB", Most(0.5))
        self.requests = measure("requests", "", Most(20))
        self.warm = measure("a typed key shows, cache warm", "ms", Most(500))
        self.heap = measure("JavaScript heap", "MB")
        self.axe = measure("axe: critical and serious", "", Most(0, of="max"))

    async def of(self, party: Party, number: int) -> None:
        address = await party.put(f"cold-{number}.ipynb", notebook(""))
        async with chromium(party.sign_in) as context:
            async with Watched.opened(context) as watched:
                await watched.page.goto(address, wait_until="commit")
                self.key.add(party.name, await watched.first_key(party.editor))
                self.paint.add(party.name, await watched.paint())
                self.requests.add(party.name, watched.requests)
                self.scripts.add(party.name, await watched.script_kilobytes())
                await watched.page.wait_for_timeout(QUIET_MS)
                self.bytes.add(party.name, watched.megabytes)
                self.heap.add(party.name, await watched.heap())
                await self._axe(party, watched)
            async with Watched.opened(context) as watched:
                again = await party.put(f"warm-{number}.ipynb", notebook(""))
                await watched.page.goto(again, wait_until="commit")
                self.warm.add(party.name, await watched.first_key(party.editor))

    async def _axe(self, party: Party, watched: Watched) -> None:
        await watched.page.evaluate(axe_source(ROOT))
        found = await watched.page.evaluate(
            "axe.run().then(({ violations }) => violations.map(({ impact }) => impact))"
        )
        self.axe.add(party.name, sum(impact in ("critical", "serious") for impact in found))
