"""What follows each event. At least once, so each one may run again."""
