"""What keeps the service: health, readiness, metrics, and stopping it."""

from typing import Literal

import msgspec
from litestar import MediaType, Response, get, post
from litestar.di import NamedDependency
from litestar.params import JSONBody
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest

from noctule.accounts.audit import What
from noctule.accounts.common import by
from noctule.http.context import AppRequest, TheCore, principal_of


class Health(msgspec.Struct):
    """`isolation`: the level at which code is run (docs/runtimes.md), `none` where none is; `lacks`: what it goes without."""

    isolation: str
    lacks: list[str]
    status: Literal["ok"] = "ok"


class Stop(msgspec.Struct):
    """`runtimes`: end them too; otherwise they go on."""

    runtimes: bool = False


class Stopping(msgspec.Struct):
    """`going_on`: runtimes that run on without the server."""

    going_on: int


@get("/healthz", summary="The process answers, and how it keeps runtimes apart")
async def healthz(core: TheCore) -> Health:
    standing = core.isolation
    return Health(isolation=standing.level or "none", lacks=[lack.what for lack in standing.lacks])


@get("/readyz", media_type=MediaType.TEXT, summary="The database answers")
async def readyz(core: TheCore) -> Response[str]:
    why = await core.unready()
    return Response(why or "ok", status_code=503 if why else 200, media_type=MediaType.TEXT)


@get("/metrics", summary="Prometheus metrics")
async def scrape(metrics: NamedDependency[CollectorRegistry]) -> Response[bytes]:
    return Response(generate_latest(metrics), media_type=CONTENT_TYPE_LATEST)


@post("/api/v1/admin/stop", status_code=202, summary="Stop the server; runtimes go on unless asked otherwise")
async def stop(core: TheCore, request: AppRequest, data: JSONBody[Stop]) -> Stopping:
    await core.accounts.note(by(principal_of(request)), What.SERVER_STOPPED, runtimes=data.runtimes)
    return Stopping(going_on=await core.stop(runtimes=data.runtimes))
