"""Newsletters: sign-up, consent, issues and their deliveries."""
