"""Newsletters at the desk: lists, composing, sending, wordings."""
