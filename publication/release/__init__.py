"""A candidate becomes a release: what it holds, says, compares with, and how it is frozen."""
