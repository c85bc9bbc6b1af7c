"""What is measured of the tables of all domains, out of band, and what it comes to."""
