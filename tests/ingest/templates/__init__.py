"""What is sent to federations and Caf, opened, filled and returned."""
