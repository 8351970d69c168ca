"""Notebooks to begin with: short, real ones that run as they are in the default kernel environment, without a network.

Their words are English and stand in the notebooks; the first heading of each is its title here. It may know only errors.
"""

from importlib.resources import files
from typing import Final

import msgspec

from noctule.errors import NotFound


class Template(msgspec.Struct, frozen=True):
    """A notebook to begin with. `about`: one line for people. `file`: its name in this package."""

    id: str
    title: str
    about: str

    @property
    def file(self) -> str:
        return f"{self.id}.ipynb"


_ALL: Final = (
    Template(
        "welcome",
        "Welcome to Noctule",
        "What is different here, shown: a plot, a bar that goes on without you, a table, a widget.",
    ),
    Template(
        "data-frames-and-plots",
        "Data frames and plots",
        "From raw counts to an answer: missing values, group-by, pivot tables and plots with pandas.",
    ),
    Template(
        "train-a-model",
        "Train a model",
        "A small network on a GPU, on the CPU, or in NumPy; a live loss curve and checkpoints.",
    ),
    Template(
        "files-and-drive",
        "Files and Drive",
        "Text, CSV, JSON, pictures, archives, large files in parts; and what is gone with the runtime.",
    ),
    Template(
        "forms-and-widgets",
        "Forms and widgets",
        "Every kind of form field; sliders, linked widgets, captured output and progress bars.",
    ),
)


def all() -> tuple[Template, ...]:  # noqa: A001  `templates.all()` reads as what it is
    """In the order in which people should meet them."""
    return _ALL


def named(template_id: str) -> Template:
    """Raises NotFound when there is none of this id."""
    for template in _ALL:
        if template.id == template_id:
            return template
    raise NotFound(
        "template-not-found", "There is no such template.", "The list of templates has those that there are."
    )


def read(template_id: str) -> bytes:
    """The notebook as an .ipynb. Blocking, and short. Raises NotFound when there is none of this id."""
    return files(__name__).joinpath(named(template_id).file).read_bytes()
