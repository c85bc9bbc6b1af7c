"""Structured logs on stderr: for people on a terminal, JSON lines otherwise."""

import logging
import sys

import structlog


def configure_logs(*, verbose: bool = False) -> None:
    """Sets up structlog; on a terminal only warnings show unless ``verbose``."""
    terminal = sys.stderr.isatty()
    level = logging.INFO if verbose or not terminal else logging.WARNING
    renderer = structlog.dev.ConsoleRenderer() if terminal else structlog.processors.JSONRenderer()
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            renderer,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        # Looked up at each line: whoever embeds the command may exchange stderr in between.
        logger_factory=lambda *_: structlog.PrintLogger(sys.stderr),
    )
    # Prints the traceback of each failed micro-batch, whose sentence follows anyway.
    logging.getLogger("py4j").setLevel(logging.CRITICAL)
