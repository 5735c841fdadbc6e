"""One decision from all facts, holds, and the guard in the database."""
