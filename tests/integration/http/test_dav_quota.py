"""WebDAV asks for room as uploads do, also when nobody said before how much will come."""

from collections.abc import AsyncIterator

import httpx
import pytest

from tests.support.team import Team

QUOTA = 1000


@pytest.fixture
async def dav(team: Team) -> httpx.AsyncClient:
    """A program of somebody who may have QUOTA bytes."""
    admin = await team.joined("root", admin=True)
    ada = await team.joined("ada")
    me = (await ada.get("/api/v1/me")).json()["id"]
    assert (await admin.patch(f"/api/v1/admin/accounts/{me}", json={"quota": QUOTA})).is_success
    return await team.program(ada, "view", "edit")


async def pieces(count: int) -> AsyncIterator[bytes]:
    for _ in range(count):
        yield b"x" * 100


async def test_what_says_no_size_is_counted_as_it_comes(dav: httpx.AsyncClient) -> None:
    assert (await dav.put("/dav/a", content=pieces(11))).status_code == 507
    assert (await dav.get("/dav/a")).status_code == 404
    assert (await dav.put("/dav/a", content=pieces(9))).status_code == 201


async def test_a_copy_over_a_file_is_counted(dav: httpx.AsyncClient) -> None:
    assert (await dav.put("/dav/a", content=b"x" * 900)).status_code == 201
    assert (await dav.put("/dav/b", content=b"x")).status_code == 201
    copied = await dav.request("COPY", "/dav/a", headers={"destination": "/dav/b", "overwrite": "T"})
    assert copied.status_code == 507
    assert (await dav.get("/dav/b")).content == b"x"
