"""The books: trial balance, journal, one transfer, one account, and the nightly proofs."""
