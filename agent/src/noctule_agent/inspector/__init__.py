"""What the agent sends into a Python kernel so that it can be asked: a line at its start, the helper at the first ask.

The helper is the package `kernel/`, sent as text: the kernel's environment need not have this one. `BOOT` runs as a silent
execution before any cell; it leaves one handler on the control channel and nothing in the notebook's names.
"""

from pathlib import Path
from typing import Final

from noctule_agent.wire import limits

PACKAGE: Final = "_noctule_inspector"
"""Its name there, in `sys.modules`."""
INSTALL: Final = "noctule_install_request"
ASK: Final = "noctule_ask_request"
MODULES: Final = ("words", "tables", "arrays", "layouts", "variables", "look", "lanes", "kinds", "code", "serve")
"""In the order in which they are made: each imports only earlier ones."""

_LIMITS: Final = (
    *("ANSWER_BYTES", "ASK_SECONDS", "ASKS_STUCK", "COMPLETIONS", "VARIABLES"),
    *("LOOK_ROWS", "LOOK_COLUMNS", "LOOK_CELLS", "LOOK_CHARS", "LOOK_SORTED"),
)
LIMITS: Final[dict[str, int | float]] = {name: getattr(limits, name) for name in _LIMITS}

_BOOT: Final = f"""
import sys, types
def install(stream, ident, parent):
    package = sys.modules[{PACKAGE!r}] = types.ModuleType({PACKAGE!r})
    package.__path__ = []
    for name, source in parent["content"]["modules"]:
        full = {PACKAGE!r} + "." + name
        module = sys.modules[full] = types.ModuleType(full)
        module.__package__ = {PACKAGE!r}
        exec(compile(source, "<noctule " + name + ">", "exec"), module.__dict__)
        setattr(package, name, module)
    package.serve.install(kernel, parent["content"]["limits"])
kernel.control_handlers[{INSTALL!r}] = install
"""
BOOT: Final = f'exec({_BOOT!r}, {{"kernel": get_ipython().kernel}})'


def sources() -> list[tuple[str, str]]:
    """The modules of the helper, by name."""
    directory = Path(__file__).parent / "kernel"
    return [(name, (directory / f"{name}.py").read_text("utf-8")) for name in MODULES]
