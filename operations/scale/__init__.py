"""What sizes keep the promises of freshness: days simulated by the second."""
