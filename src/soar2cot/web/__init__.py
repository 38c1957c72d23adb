"""A page over the ledger, and metrics of a run: to look at, never to change anything."""
