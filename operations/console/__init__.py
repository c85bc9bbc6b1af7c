"""The console: pages for whoever is on duty, over the lakehouse or a SQL warehouse."""
