"""A person's data deleted from files, tables and their old versions, with a receipt."""
