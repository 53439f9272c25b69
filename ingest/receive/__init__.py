"""A file that arrives: archived, answered, taken back, proved."""
