"""Published examples as a check of this room: rates and schedules."""

from bandstand.money.apr_vectors import check_apr_rows
from bandstand.money.schedule_vectors import check_schedule_rows
from bandstand.money.vector_report import Miss, VectorReport

__all__ = ["Miss", "VectorReport", "check_apr_rows", "check_schedule_rows"]
