"""What readers see of the newsletters: signing up, confirming, leaving, and who is named in a box."""
