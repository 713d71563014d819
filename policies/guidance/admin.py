"""Found by the admin here: each subject has a module of its own."""

from policies.guidance import article_admin, status_admin

__all__ = ["article_admin", "status_admin"]
