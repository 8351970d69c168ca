"""What a log line may hold."""

import subprocess
import sys

import pytest

PROGRAM = """
import structlog
from noctule.cli import logs
from noctule.config import Config
logs.configure(Config(log_format={format!r}))
def fails(token):
    raise ValueError("it failed")
try:
    fails("-".join(["se", "cret"]))
except ValueError:
    structlog.get_logger().exception("a defect")
"""


@pytest.mark.parametrize("kind", ["json", "console"])
def test_a_traceback_tells_where_and_no_values(kind: str) -> None:
    program = PROGRAM.format(format=kind)
    found = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert "it failed" in found.stderr
    assert "fails" in found.stderr
    assert "se-cret" not in found.stderr
