"""Notebooks made from templates: listed, named, the same cells; a wrong id makes nothing."""

import json

import httpx

from noctule import templates

NOTEBOOKS = "/api/v1/notebooks"


async def names(program: httpx.AsyncClient) -> set[str]:
    return {one["name"] for one in (await program.get(NOTEBOOKS)).json()["notebooks"]}


async def test_templates_are_listed_with_what_they_are_about(program: httpx.AsyncClient) -> None:
    answer = await program.get("/api/v1/templates")
    assert answer.status_code == 200
    wanted = [{"id": one.id, "title": one.title, "about": one.about} for one in templates.all()]
    assert answer.json() == {"templates": wanted}


async def test_a_notebook_from_a_template_has_its_title_and_its_cells(program: httpx.AsyncClient) -> None:
    for template in templates.all():
        made = await program.post(NOTEBOOKS, json={"template": template.id})
        assert made.status_code == 201, made.text
        assert made.json()["name"] == f"{template.title}.ipynb"
        found = (await program.get(f"{NOTEBOOKS}/{made.json()['id']}/file")).json()
        wanted = json.loads(templates.read(template.id))
        assert [cell["id"] for cell in found["cells"]] == [cell["id"] for cell in wanted["cells"]]
        assert found == wanted


async def test_its_name_may_be_another_and_a_taken_one_gets_a_number(program: httpx.AsyncClient) -> None:
    for asked in ({}, {}, {"name": "Mine"}, {"name": "script.py"}, {"name": None}):
        assert (await program.post(NOTEBOOKS, json={"template": "welcome", **asked})).status_code == 201
    assert await names(program) == {
        "Welcome to Noctule.ipynb",
        "Welcome to Noctule (2).ipynb",
        "Welcome to Noctule (3).ipynb",
        "Mine.ipynb",
        "script.py.ipynb",
    }


async def test_an_unknown_template_is_not_found_and_nothing_is_made(program: httpx.AsyncClient) -> None:
    for wrong in ("none", "", "../welcome", "welcome.ipynb"):
        answer = await program.post(NOTEBOOKS, json={"name": "a", "template": wrong})
        assert (answer.status_code, answer.json()["code"]) == (404, "template-not-found")
    assert await names(program) == set()


async def test_without_a_template_a_notebook_is_empty(program: httpx.AsyncClient) -> None:
    made = (await program.post(NOTEBOOKS, json={})).json()
    assert made["name"] == "Untitled.ipynb"
    cells = (await program.get(f"{NOTEBOOKS}/{made['id']}/file")).json()["cells"]
    assert [cell["source"] for cell in cells] in ([""], [[]])
