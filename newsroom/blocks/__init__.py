"""The body of a story: its stored contract, the blocks in it, cleaning and rendering."""
