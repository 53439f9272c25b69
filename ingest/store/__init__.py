"""The tables that the intake keeps, a campaign at a time."""
