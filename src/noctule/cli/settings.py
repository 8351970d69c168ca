"""Settings as flags of a command. It may not know commands."""

import inspect
import os
from collections.abc import Callable, Coroutine
from functools import wraps
from pathlib import Path
from typing import Annotated, Any, Final

import typer

from noctule.config import BY_NAME, Setting, load


def with_settings(*names: str) -> Callable[[Callable[..., int]], Callable[..., None]]:
    """Gives a command the flags of these settings, and the Config that follows from them as its first argument.

    The texts are checked where those of the file and the environment are (config.py), so that all speak alike.
    """

    def decorate(command: Callable[..., int]) -> Callable[..., None]:
        own = inspect.signature(command)
        parameters = [*list(own.parameters.values())[1:], *(_flag(BY_NAME[name]) for name in names), _CONFIG_FILE]

        @wraps(command)
        def run(**given: Any) -> None:
            file = given.pop("config")
            flags = {name: given.pop(name) for name in names}
            config = load({name: value for name, value in flags.items() if value is not None}, os.environ, file)
            raise typer.Exit(command(config, **given))

        run.__signature__ = own.replace(parameters=parameters, return_annotation=None)  # type: ignore[attr-defined]
        run.__annotations__ = {each.name: each.annotation for each in parameters}
        return run

    return decorate


def _flag(setting: Setting) -> inspect.Parameter:
    switch = setting.words == "true or false"
    declared = f"{setting.flag}/--no-{setting.flag[2:]}" if switch else setting.flag
    default = f" [{setting.default}]" if setting.default else ""
    option = typer.Option(declared, help=setting.help + default, metavar=None if switch else setting.name.upper())
    kind = Annotated[bool | None, option] if switch else Annotated[str | None, option]
    return inspect.Parameter(setting.name, inspect.Parameter.KEYWORD_ONLY, default=None, annotation=kind)


_CONFIG_FILE: Final = inspect.Parameter(
    "config",
    inspect.Parameter.KEYWORD_ONLY,
    default=None,
    annotation=Annotated[
        Path | None,
        typer.Option("--config", metavar="FILE", help="Settings file. [noctule.toml in the data directory]"),
    ],
)


def await_(work: Coroutine[Any, Any, int]) -> int:
    import asyncio

    return asyncio.run(work)
