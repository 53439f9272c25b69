"""The audit of what would be released: can a hidden figure be recomputed from those that are published?

It shares no code with what chose the figures to hide, and knows only what a reader of the release has.
"""
