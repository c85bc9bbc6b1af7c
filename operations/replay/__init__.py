"""What landed in a window is read, judged and summed once more: replay and backfill."""
