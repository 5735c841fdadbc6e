"""Clock, ids, outbox, letters, audit: what every room stands on."""
