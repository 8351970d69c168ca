"""The API holds to its own description, whatever is sent: no server error, no undocumented shape of an answer."""

import asyncio
from collections.abc import Iterator

import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings

from tests.support.server import ServerProcess


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServerProcess]:
    with asyncio.Runner() as runner:
        server = ServerProcess(tmp_path_factory.mktemp("openapi") / "data")
        runner.run(server.start())
        yield server
        runner.run(server.sweep())


@pytest.fixture(scope="module")
def described(running: ServerProcess) -> schemathesis.BaseSchema:
    headers = {"authorization": f"Bearer {running.token}"}
    found = schemathesis.openapi.from_url(f"{running.url}/api/v1/openapi.json", headers=headers)
    # The one request that ends what is tested.
    return found.exclude(path="/api/v1/admin/stop")


def test_no_request_makes_the_server_fail(described: schemathesis.BaseSchema, running: ServerProcess) -> None:
    headers = {"authorization": f"Bearer {running.token}"}
    operations = [result.ok() for result in described.get_all_operations()]
    assert len(operations) >= 12
    for operation in operations:

        @settings(max_examples=10, deadline=None, suppress_health_check=list(HealthCheck), database=None)
        @given(case=operation.as_strategy())
        def ask(case: schemathesis.Case) -> None:
            answer = case.call(headers=headers)
            assert answer.status_code < 500, f"{case.method} {case.path}: {answer.text}"
            if answer.status_code >= 400:
                assert answer.headers["content-type"] == ["application/problem+json"]
                assert answer.json()["code"]

        ask()
