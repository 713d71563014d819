"""PURE. Whether an address is a person's own or a department's (CH04)."""

from __future__ import annotations

from policies.decisions import folded
from policies.document import Policy


def department_of(policy: Policy, address: str) -> str:
    """The entry of the policy's list that `address` is: "suporte" for Suporte+loja@example.com; "" for a personal one.

    Case, accents and what follows a plus sign do not matter.
    """
    local = folded(address.strip().partition("@")[0]).partition("+")[0]
    return next((entry for entry in policy.refused_mailboxes if folded(entry).partition("@")[0] == local), "")
