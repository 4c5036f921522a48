"""The ticking itself: APScheduler waits for a moment of the wall clock, which an operator may set back."""

from __future__ import annotations

from datetime import UTC, datetime

from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.schedulers.blocking import BlockingScheduler

# However far the next job is, the clock is looked at again within this.
LONGEST_SLEEP = 5.0


class Cadence(BlockingScheduler):
    """A scheduler that never sleeps long, and brings back what a clock set back has put out of reach.

    One thread: jobs take turns, and stopping falls between two of them.
    """

    def __init__(self) -> None:
        super().__init__(executors={"default": ThreadPoolExecutor(1)}, timezone=UTC)

    def _process_jobs(self) -> float:
        self._bring_back()
        wait = super()._process_jobs()
        return LONGEST_SLEEP if wait is None else min(wait, LONGEST_SLEEP)

    def _bring_back(self) -> None:
        """A job is never further away than its own interval: one that is waits for an hour the clock left."""
        now = datetime.now(UTC)  # noqa: TID251 - APScheduler's own clock, not a moment we keep
        for job in self.get_jobs():
            if job.next_run_time is not None and job.next_run_time - now > job.trigger.interval:
                job.modify(next_run_time=now)
