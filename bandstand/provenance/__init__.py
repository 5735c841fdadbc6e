"""Where a unit has been: supply-chain events and the custody check."""
