#!/usr/bin/env python3
"""Writes contract/openapi.json, the description of the HTTP API. `--check` only compares."""

import argparse
import asyncio
import json
import sys
import tempfile
from pathlib import Path

from noctule import instance
from noctule.app import open_core
from noctule.config import Config
from noctule.http.app import litestar_app

TARGET = Path(__file__).resolve().parents[1] / "contract" / "openapi.json"


async def described() -> str:
    with tempfile.TemporaryDirectory() as data:
        config = Config(data=Path(data), pool_size=0, browser=False, launcher="process")
        instance.prepare(config)
        async with open_core(config) as core:
            schema = litestar_app(core).openapi_schema.to_schema()
    return json.dumps(schema, indent=1, sort_keys=True) + "\n"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true", help="only compare; exit 1 when it is out of date")
    wanted = asyncio.run(described())
    if not parser.parse_args().check:
        TARGET.write_text(wanted)
        return 0
    if TARGET.exists() and TARGET.read_text() == wanted:
        return 0
    sys.stderr.write("contract/openapi.json is out of date; run `make format`\n")
    return 1


if __name__ == "__main__":
    sys.exit(main())
