"""The quality report of a vintage: its tables, part of the candidate (`tables`), and its document (`report`)."""
