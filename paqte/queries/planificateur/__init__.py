"""Tasks, runs of jobs, and what a restoration holds."""

from paqte.queries.planificateur.taches import count_failed

__all__ = [
    "count_failed",
]
