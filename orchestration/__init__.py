"""What runs, when, and in which order: Dagster's definitions, and the `senacs` command as their thin face.

No business rule lives here: the rooms below decide, this room calls them.
"""
