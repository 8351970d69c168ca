"""The size of a picture is read from its header, and from pictures alone."""

import struct
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from noctule.store.pictures import picture_size


def png(width: int, height: int) -> bytes:
    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0))


JPEG = b"\xff\xd8\xff\xc0\x00\x0b\x08" + struct.pack(">HH", 480, 640) + b"\x01\x01\x11\x00\xff\xd9"
GIF = b"GIF89a" + struct.pack("<HH", 32, 16) + b"\x00\x00\x00;"


@pytest.mark.parametrize(("data", "size"), [(png(640, 480), (640, 480)), (JPEG, (640, 480)), (GIF, (32, 16))])
def test_it_is_what_the_header_says(data: bytes, size: tuple[int, int]) -> None:
    assert picture_size(data) == size


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\x89PNG\r\n\x1a\n",
        png(0, 10),
        png(2**31, 10),
        b'<svg xmlns="http://www.w3.org/2000/svg" width="10" height="10"/>',
        b'<?xml version="1.0"?><!DOCTYPE svg [<!ENTITY a "aaaa">]><svg width="&a;"/>',
    ],
)
def test_what_says_nothing_that_can_be_used_has_none(data: bytes) -> None:
    assert picture_size(data) is None


@given(st.sampled_from([b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff", b"GIF8", b"RIFF", b"BM", b"....ftypavif"]), st.binary())
def test_whatever_follows_the_beginning_of_a_picture_does_no_harm(head: bytes, rest: bytes) -> None:
    size = picture_size(head + rest)
    assert size is None or min(size) > 0
