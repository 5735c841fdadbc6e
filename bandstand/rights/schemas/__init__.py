"""The JSON Schemas that this room publishes."""

from pathlib import Path
from typing import Final

LIST_SCHEMA: Final = Path(__file__).with_name("authorised-sellers.schema.json")
