"""The services around the lakehouse on one machine: started, watched and stopped."""
