"""Where a policy is drafted: forms for its parts, the matrix of targets, the week and its holidays, and trying it out.

Publishing is `tickets.policy_admin`, because it shows whose deadlines move. Start at `parts.py`, then `rules.py`.
"""

from policies.admin import catalogue, customers, rules

__all__ = ["catalogue", "customers", "rules"]
