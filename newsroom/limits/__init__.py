"""Budgets: how often an address, a network or an account may do something.

Counters live in Redis; while it is away each process counts for itself, with half the budget.
"""

from __future__ import annotations

from newsroom.limits.addresses import client_address, client_network
from newsroom.limits.budgets import spend, spend_shared
from newsroom.limits.origins import from_here

__all__ = ["client_address", "client_network", "from_here", "spend", "spend_shared"]
