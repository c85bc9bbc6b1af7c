"""What an auditor gets: who did what, with which code, on which versions of which tables."""
