"""Web events of a shop that has none, simulated from its orders."""
