"""Notebooks to begin with. One is made by `POST /api/v1/notebooks` with its id."""

import msgspec
from litestar import Controller, get

from noctule import templates


class TemplateInfo(msgspec.Struct):
    """`title` is the name of a notebook that is made from it; `about` is one line."""

    id: str
    title: str
    about: str


class TemplateList(msgspec.Struct):
    templates: list[TemplateInfo]


class Templates(Controller):
    path = "/api/v1/templates"
    tags = ("notebooks",)

    @get(summary="Notebooks to begin with, in the order in which people should meet them")
    async def all(self) -> TemplateList:
        return TemplateList([TemplateInfo(one.id, one.title, one.about) for one in templates.all()])
