"""The newsletter box in a story."""
