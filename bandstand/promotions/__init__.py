"""Bill credits: money off a plan that was promised, and is given month by month."""
