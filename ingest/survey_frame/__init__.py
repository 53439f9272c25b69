"""The frame of agreed structures and what happens to them."""
