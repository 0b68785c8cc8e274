"""Commands of the newsletters."""
