"""Pictures: getting in, credit, rights, renditions, and where each may be shown."""
