"""What is worth trying again: a disk or a network share that did not answer. Bad data never is."""

from __future__ import annotations

import errno
from collections.abc import Iterator
from contextlib import contextmanager

import dagster as dg

TRANSIENT = {errno.EAGAIN, errno.EBUSY, errno.EINTR, errno.EIO, errno.ESTALE, errno.ETIMEDOUT, errno.ECONNRESET}
TRIES = 3
SECONDS_BETWEEN = 2


@contextmanager
def transient_io_retried() -> Iterator[None]:
    """Ask Dagster to run the step again after a transient `OSError`; every other error passes as it is."""
    try:
        yield
    except OSError as error:
        if error.errno in TRANSIENT:
            raise dg.RetryRequested(max_retries=TRIES, seconds_to_wait=SECONDS_BETWEEN) from error
        raise
