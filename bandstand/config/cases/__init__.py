"""
Running a book of cases against the real services, on a scratch database.

A case asks a question or tells a sequence of acts, and says what must come of it. Nothing here
decides anything: the book's words become parties, credentials, lists, holds and orders, the shop's
own services are called, and what they answer is compared with what the book expects.
"""

from bandstand.config.cases.book import CaseBook, read_book
from bandstand.config.cases.report import BookReport, CaseFinding
from bandstand.config.cases.running import run_book

__all__ = ["BookReport", "CaseBook", "CaseFinding", "read_book", "run_book"]
