"""The agents' door: a real unix socket."""

import asyncio
import os
from pathlib import Path

import pytest
from websockets.asyncio.client import unix_connect
from websockets.exceptions import ConnectionClosed, InvalidStatus

from noctule.runtimes.door import Door
from noctule_agent.wire.ports import Channel, ChannelClosed
from noctule_agent.wire.values import RuntimeId


async def test_frames_pass_both_ways_and_closing_is_told(tmp_path: Path) -> None:
    seen: list[int] = []

    async def echo(channel: Channel, only: RuntimeId | None) -> None:
        await channel.send(await channel.receive())
        try:
            await channel.receive()
        except ChannelClosed as closed:
            seen.append(closed.code)

    door = Door(tmp_path / "run" / "agent.sock", echo)
    await door.open()
    assert (tmp_path / "run").stat().st_mode & 0o777 == 0o700
    assert (tmp_path / "run" / "agent.sock").stat().st_mode & 0o777 == 0o600
    async with unix_connect(str(tmp_path / "run" / "agent.sock"), "ws://agent/", compression=None) as client:
        await client.send(b"\x00" * 100_000)
        assert await client.recv() == b"\x00" * 100_000
        await client.close(4400)
    async with asyncio.timeout(5):
        while not seen:
            await asyncio.sleep(0.01)
    assert seen == [4400]
    await door.close()


async def test_a_server_that_stops_closes_and_one_that_starts_takes_the_path_over(tmp_path: Path) -> None:
    async def hold(channel: Channel, only: RuntimeId | None) -> None:
        with pytest.raises(ChannelClosed):
            await channel.receive()

    path = tmp_path / "agent.sock"
    first = Door(path, hold)
    await first.open()
    client = await unix_connect(str(path), "ws://agent/")
    await first.close()
    with pytest.raises(ConnectionClosed) as closed:
        await client.recv()
    assert closed.value.rcvd is not None
    assert closed.value.rcvd.code == 1001
    path.touch()
    second = Door(path, hold)
    await second.open()
    async with unix_connect(str(path), "ws://agent/"):
        pass
    await second.close()


async def test_the_directory_of_somebody_else_is_not_used(tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "real")

    async def nothing(channel: Channel, only: RuntimeId | None) -> None:
        await channel.close()

    with pytest.raises(PermissionError):
        await Door(tmp_path / "link" / "agent.sock", nothing).open()


async def test_by_the_door_of_sandboxes_come_those_whose_uid_is_that_of_a_runtime_and_nobody_else(
    tmp_path: Path,
) -> None:
    came: list[RuntimeId | None] = []
    known = {os.getuid(): RuntimeId("r1")}

    async def note(channel: Channel, only: RuntimeId | None) -> None:
        came.append(only)
        await channel.close()

    path = tmp_path / "doors" / "agents.sock"
    door = Door(path, note, known.get)
    await door.open()
    # Whoever is in a sandbox is another user of this machine: the directory is passed and not listed, the socket is open.
    assert path.parent.stat().st_mode & 0o777 == 0o711
    assert path.stat().st_mode & 0o777 == 0o666
    async with unix_connect(str(path), "ws://agent/") as client:
        await client.wait_closed()
    assert came == [RuntimeId("r1")]
    known.clear()
    with pytest.raises(InvalidStatus) as refused:
        await unix_connect(str(path), "ws://agent/")
    assert refused.value.response.status_code == 403
    assert came == [RuntimeId("r1")]
    await door.close()
