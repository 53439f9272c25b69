"""What becomes of a figure, or of the amounts behind it."""

PUBLISHED = "published"
PRIMARY = "primary"
SECONDARY = "secondary"
NEVER = "never"
UNREVISED = "unrevised"
