"""The database backend: django-tenants' own, which refuses what could read or write in the wrong tenant."""
