"""The composition root: settings, URLs, Celery, system checks, and the two commands `up` and `test`.

Sees every package, holds no rules and no tables. Start reading at `settings.py`; the programs around Django are
`bootstrap.py` (packages), `embedded.py` (PostgreSQL and Valkey), `supervisor.py` (`up`), `testing.py` (`test`).
This file imports nothing: `bootstrap` runs before there is anything to import.
"""
