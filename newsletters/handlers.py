"""What follows from an event. Each may run more than once."""
