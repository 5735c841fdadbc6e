"""Rehearsals against the real system on scratch databases: the story, the hold drill."""
