"""Fixtures of every test are in tests/support."""

pytest_plugins = [
    "tests.support.postgres",
    "tests.support.stores",
    "tests.support.server",
    "tests.support.app",
    "tests.support.team",
    "tests.support.rooms",
    "tests.support.sandbox",
]
