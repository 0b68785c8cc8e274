"""Commands of the newsletters, one a file."""
