"""Logs: one JSON object a line, or readable lines on a terminal. Nothing personal gets in.

Messages of other libraries are kept as their templates, without what they would fill in; errors as kinds and places, without their
words: both could carry what somebody wrote. Our own lines carry ids and counts; a phone or identity number that slips in is blotted out.
"""

from __future__ import annotations

import logging
import logging.config
import re
import sys
import traceback
from pathlib import Path
from typing import Any

import structlog
from structlog.stdlib import ProcessorFormatter
from structlog.types import EventDict, Processor, WrappedLogger

from linli.doors.site.config import config

FRAMES_MAX = 12
PACKAGES = (str(Path(__file__).resolve().parents[2]), str(Path(structlog.__file__).resolve().parents[1]))
NUMBERS = re.compile(r"(?<![\w-])(?:\+?86[ -]?)?1[3-9]\d(?:[ -]?\d{4}){2}(?![\w-])|(?<![\w-])\d{17}[\dXx](?![\w-])")
_process = ["linli"]


def configure(process: str | None = None) -> None:
    """Send this process's logs to standard error; `process` names it in every line. Twice does no harm."""
    if process is not None:
        _process[0] = process
    logging.config.dictConfig(_plan())
    structlog.configure(
        processors=[structlog.stdlib.filter_by_level, *_common(), ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )


def granian() -> dict[str, Any]:
    """Return the web server's share of the same plan."""
    plan = _plan()
    return {name: plan[name] for name in ("formatters", "handlers", "loggers")}


def _plan() -> dict[str, Any]:
    level = config().log_level.upper()
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"linli": {"()": "linli.doors.site.logs.formatter"}},
        "handlers": {"stderr": {"class": "logging.StreamHandler", "stream": "ext://sys.stderr", "formatter": "linli"}},
        "root": {"handlers": ["stderr"], "level": level},
        "loggers": {
            "_granian": {"handlers": ["stderr"], "level": "WARNING", "propagate": False},
            "granian.access": {"handlers": [], "level": "CRITICAL", "propagate": False},
            "django.request": {"level": "ERROR"},  # a page that is not there is no event
            "django.db.backends": {"level": "WARNING"},  # at debug it would print statements with their values
        },
    }


def formatter() -> ProcessorFormatter:
    """Return the formatter of every line: for people where standard error is a terminal, else for programs."""
    last: Processor = structlog.dev.ConsoleRenderer() if sys.stderr.isatty() else structlog.processors.JSONRenderer(ensure_ascii=False)
    return ProcessorFormatter(
        foreign_pre_chain=[_foreign, *_common()],
        processors=[ProcessorFormatter.remove_processors_meta, _blotted, last],
        use_get_message=False,
    )


def _common() -> list[Processor]:
    return [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        _named,
        _quiet_error,
    ]


def _named(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    event["process"] = _process[0]
    return event


def _foreign(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    """Take from another library's record its template and, for a request, the name of the route: never the address itself."""
    record: logging.LogRecord = event["_record"]
    event["event"] = record.msg if isinstance(record.msg, str) else type(record.msg).__name__
    match = getattr(getattr(record, "request", None), "resolver_match", None)
    if match is not None:
        event["route"] = match.view_name
    status = getattr(record, "status_code", None)
    if isinstance(status, int):
        event["status"] = status
    if record.exc_info:
        event["exc_info"] = record.exc_info
        record.exc_info = record.exc_text = None  # the formatter would add the full text after us
    return event


def _quiet_error(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    """Replace an error by its kinds (outermost first) and where it happened."""
    info = event.pop("exc_info", None)
    if info is True:
        info = sys.exc_info()
    error = info[1] if isinstance(info, tuple) else info
    if not isinstance(error, BaseException):
        return event
    kinds, inner = [], error
    while True:
        kinds.append(type(inner).__name__)
        following = inner.__cause__ or (None if inner.__suppress_context__ else inner.__context__)
        if following is None:
            break
        inner = following
    event["error"] = kinds
    event["at"] = [f"{_short(f.filename)}:{f.lineno} {f.name}" for f in traceback.extract_tb(inner.__traceback__)[-FRAMES_MAX:]]
    constraint = getattr(getattr(inner, "diag", None), "constraint_name", None)
    if constraint:
        event["constraint"] = constraint
    return event


def _short(path: str) -> str:
    for package in PACKAGES:
        if path.startswith(package):
            return path[len(package) + 1 :]
    return Path(path).name


def _blotted(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    return {name: NUMBERS.sub("…", value) if isinstance(value, str) else value for name, value in event.items()}
