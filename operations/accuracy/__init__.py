"""The accuracy statement: what the bill was held against, and what was found."""
