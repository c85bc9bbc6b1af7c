"""Trace of a dollar: from a gold amount to the records, lines and files that it comes from."""
