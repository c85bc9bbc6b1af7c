"""Files to bronze: delivered files become rows of append-only Delta tables, each file once."""
