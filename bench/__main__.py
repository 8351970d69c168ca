"""`python -m bench [name...] [--quick]`: run these benchmarks, or all, show a table and keep the figures."""

import asyncio
import os
import shutil
import tempfile
from importlib import import_module
from pathlib import Path
from typing import Annotated, Final

import typer
from rich.console import Console

from bench import report
from bench.harness import Bench, limit_memory

PAGE: Final = ("page.cold", "page.big", "page.floods", "page.reload")
NAMES: Final = ("roundtrip", "start", "output_flood", "memory", "headless", "big_notebook", "survival", "drive", *PAGE)


def main(
    names: Annotated[list[str] | None, typer.Argument(help=f"Any of: {', '.join(NAMES)}.")] = None,
    quick: Annotated[bool, typer.Option(help="Fewer rounds and smaller floods: does it work at all?")] = False,
    readme: Annotated[bool, typer.Option(help="Put the table into bench/README.md, when nothing failed.")] = False,
) -> None:
    chosen = names or list(NAMES)
    if unknown := set(chosen) - set(NAMES):
        raise typer.BadParameter(f"unknown: {', '.join(sorted(unknown))}")
    limit_memory()
    # Starts are measured as an installed program has them: with its bytecode.
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    console = Console(width=190)
    load = os.getloadavg()[0]
    failed: list[str] = []
    scratch = Path(tempfile.mkdtemp(prefix="noctule-bench-"))
    bench = Bench(scratch, quick=quick, say=console.print)
    try:
        for name in chosen:
            console.print(f"[bold]{name}[/]")
            try:
                asyncio.run(import_module(f"bench.{name}").run(bench))
            except Exception:
                # What the others measured is worth having all the same.
                failed.append(name)
                console.print_exception()
    finally:
        shutil.rmtree(scratch, ignore_errors=True)
        where = report.machine(load, quick=quick)
        report.show(bench.measures, where, console)
        console.print(f"kept in {report.store(bench.measures, where)}")
    if readme and not failed:
        report.write_readme(bench.measures, where)
    if failed:
        console.print(f"failed: {', '.join(failed)}")
        raise typer.Exit(1)


if __name__ == "__main__":
    app = typer.Typer(pretty_exceptions_enable=False, add_completion=False)
    app.command()(main)
    app()
