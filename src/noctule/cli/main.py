"""The commands and their options. What a command does is in a file of its own, imported when it is used.

Errors that are meant for people become two lines on standard error and exit code 2; any other is a defect, and shows
its traceback.
"""

import gc
import sys
from contextlib import nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer

from noctule import __version__
from noctule.cli.admin_commands import admin_app
from noctule.cli.importing import importing
from noctule.cli.settings import await_, with_settings
from noctule.config import SETTINGS, Config
from noctule.errors import Invalid, NoctuleError

if TYPE_CHECKING:
    from noctule.cli.connect import Place

USAGE_ERROR: Final = 2

# Plain help: rich's takes longer to import than everything else together.
app = typer.Typer(
    name="noctule", no_args_is_help=True, rich_markup_mode=None, pretty_exceptions_enable=False, add_completion=True
)
runs_app = typer.Typer(no_args_is_help=True, rich_markup_mode=None, help="What ran, and what runs.")
app.add_typer(runs_app, name="runs")
app.add_typer(admin_app, name="admin")

Server = Annotated[str | None, typer.Option("--server", metavar="URL", help="A server elsewhere.")]
Token = Annotated[str, typer.Option("--token", metavar="T", envvar="NOCTULE_TOKEN", help="The token for it.")]
AsJson = Annotated[bool, typer.Option("--json", help="As JSON.")]


def main() -> None:
    try:
        app()
    except NoctuleError as error:
        sys.stderr.write(f"{error.title}\n" + (f"{error.detail}\n" if error.detail else ""))
        sys.exit(USAGE_ERROR)
    finally:
        # All of it goes with the process: the collection at its exit has nothing to look for.
        gc.freeze()


def _version(wanted: bool) -> None:
    if wanted:
        sys.stdout.write(f"noctule {__version__}\n")
        raise typer.Exit


@app.callback()
def about(
    version: Annotated[bool, typer.Option("--version", callback=_version, is_eager=True, help="The version.")] = False,
) -> None:
    """Noctule: notebooks that keep running when you leave, and lose nothing."""


@app.command()
@with_settings(*(setting.name for setting in SETTINGS))
def serve(config: Config) -> int:
    """Start the server. Prints its link when it is ready."""
    from noctule.cli.serve import serve

    serve(config)
    return 0


@app.command()
@with_settings("data")
def stop(
    config: Config,
    *,
    runtimes: Annotated[bool, typer.Option("--runtimes", help="End what runs on it, too.")] = False,
) -> int:
    """Stop the server of a data directory. Runtimes go on, unless told otherwise."""
    from noctule.cli.stop import stop

    return await_(stop(config, runtimes=runtimes))


@app.command()
@with_settings("data")
def run(
    config: Config,
    notebook: Annotated[Path, typer.Argument(metavar="NOTEBOOK.ipynb", dir_okay=False, help="The notebook to run.")],
    *,
    output: Annotated[
        Path | None,
        typer.Option("-o", "--output", metavar="OUT.ipynb", help="The executed notebook. [NOTEBOOK.executed.ipynb]"),
    ] = None,
    inplace: Annotated[bool, typer.Option("--inplace", help="Write the executed notebook over the given one.")] = False,
    param: Annotated[
        list[str] | None, typer.Option("--param", "-p", metavar="K=V", help="A parameter, as papermill's. Repeatable.")
    ] = None,
    server: Server = None,
    token: Token = "",
    detach: Annotated[bool, typer.Option("--detach", help="Start it, print the run's id, and leave.")] = False,
    timeout: Annotated[
        float | None, typer.Option("--timeout", min=0, metavar="SECONDS", help="Interrupt it after this long.")
    ] = None,
    keep_runtime: Annotated[
        bool, typer.Option("--keep-runtime", help="Do not end the runtime when the run has ended.")
    ] = False,
) -> int:
    """Run a notebook from the top and write what came out.

    Without --server it runs on the server of the data directory, or in this process when there is none.
    Exit code: 0 ok, 1 a cell failed, 2 used wrongly, 3 lost, aborted or out of time, 130 left by Ctrl-C.

    OUT is written after cells while the run goes on, every 2 seconds at most, and however the run ends. If this command
    itself is killed, the runtime goes on and keeps what its cells say: `noctule runs list` has the run's ID,
    `noctule runs show ID --follow -o OUT.ipynb` fetches all of it, and `noctule stop --runtimes` ends what is left.
    """
    from noctule.cli.connect import hurried

    if detach and (output is not None or inplace or timeout is not None):
        raise Invalid(
            "detach-alone", "--detach starts the run and leaves.", "`noctule runs show ID -o OUT` fetches it."
        )
    if output is not None and inplace:
        raise Invalid("output-twice", "Give -o or --inplace, not both.")
    target = notebook if inplace else output or notebook.with_suffix(".executed.ipynb")
    place = _place(server, token, config)
    with nullcontext(place) if detach else hurried(place, notebook) as hurry:
        with importing():
            from noctule.cli import parameters  # they take their time, in which the runtime starts
            from noctule.cli import run as command

        job = command.Job(notebook, target, parameters.parse(param or []), timeout, keep_runtime)
        work = command.detach(place, job, _options(config)) if detach else command.run(hurry, job)
        return await_(work)


@runs_app.command("list")
@with_settings("data")
def list_runs(config: Config, *, json: AsJson = False, server: Server = None, token: Token = "") -> int:
    """The latest runs."""
    from noctule.cli import runs

    return await_(runs.list_runs(_place(server, token, config), json=json))


@runs_app.command("show")
@with_settings("data")
def show_run(
    config: Config,
    run_id: Annotated[str, typer.Argument(metavar="ID", help="The run.")],
    *,
    json: AsJson = False,
    follow: Annotated[bool, typer.Option("--follow", help="Wait for its end; the exit code is the run's.")] = False,
    output: Annotated[
        Path | None, typer.Option("-o", "--output", metavar="OUT.ipynb", help="Write the notebook, as it is then.")
    ] = None,
    server: Server = None,
    token: Token = "",
) -> int:
    """One run, cell by cell."""
    from noctule.cli import runs

    command = runs.follow_run if follow else runs.show
    return await_(command(_place(server, token, config), run_id, json=json, output=output))


@app.command()
@with_settings("data", "host", "port", "kernel_python")
def doctor(config: Config) -> int:
    """Check what this machine offers."""
    from noctule.cli.doctor import doctor

    return doctor(config)


def _place(server: str | None, token: str, config: Config) -> "Place":
    from noctule.cli.connect import Elsewhere, Here

    return Here(config) if server is None else Elsewhere(server, token)


def _options(config: Config) -> list[str]:
    """The settings that were given to this command, for a server that it starts."""
    flags = ["--data", str(config.data)]
    file = next((source.name for source in config.sources.values() if source.kind == "file"), None)
    return [*flags, "--config", file] if file is not None else flags
