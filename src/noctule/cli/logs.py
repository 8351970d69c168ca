"""Where log lines go: to standard error, all of them, ours and those of libraries. Set once, by a command."""

import logging
import sys
from typing import Any, Final

import structlog

from noctule.config import DEFAULT, Config

QUIET: Final = ("httpx", "httpcore", "websockets", "alembic", "asyncio", "uvicorn")
"""Libraries whose news is nobody's concern here; their warnings are."""


def configure(config: Config, *, quiet: bool = False) -> None:
    """`quiet`: a command with words of its own shows only what went wrong, unless the level was given."""
    as_json = config.log_format == "json" or (config.log_format == "auto" and not sys.stderr.isatty())
    level = logging.getLevelNamesMapping()[config.log_level.upper()]
    if quiet and config.source("log_level") is DEFAULT:
        level = logging.ERROR
    shared: list[Any] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    # Without the values of variables: among them are tokens, and what people write.
    dicts = structlog.processors.ExceptionRenderer(structlog.tracebacks.ExceptionDictTransformer(show_locals=False))
    last: list[Any] = (
        [dicts, structlog.processors.JSONRenderer()]
        if as_json
        else [
            structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty(), exception_formatter=structlog.dev.plain_traceback)
        ]
    )
    structlog.configure(
        processors=[*shared, *last],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=[*shared, structlog.stdlib.ExtraAdder()],
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, *last],
        )
    )
    logging.basicConfig(handlers=[handler], level=level, force=True)
    for name in QUIET:
        logging.getLogger(name).setLevel(max(level, logging.WARNING))
