"""What runs around the tables: the command line, the report of a run, the simulator."""
