"""What did not get through by itself, and waits for an administrator: follow-up work that failed every time, and single
letters of which nobody knows whether they arrived. A newsletter's own letters stand at its issue."""
