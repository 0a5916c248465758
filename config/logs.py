"""How the application logs: one JSON object a line where a machine reads it, words where a person sits at it."""

import sys

import structlog


def configure_logs() -> None:
    """For processes that serve. What is bound for a run (its request id, who looks) stands in each line."""
    if sys.stdout.isatty():
        return  # structlog's own way, in colours
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            structlog.processors.JSONRenderer(ensure_ascii=False),
        ]
    )
