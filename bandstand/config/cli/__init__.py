"""
The command line.

Every command has ``--json`` for machines where it answers something; exit code 0 success, 1 a
negative answer, 2 bad input, 3 failure; errors go to stderr.
"""

from bandstand.config.cli.main import main

__all__ = ["main"]
