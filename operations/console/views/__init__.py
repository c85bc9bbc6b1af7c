"""The pages of the console, each a function of the way to ask."""
