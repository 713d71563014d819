"""The Celery app and the whole beat schedule. Beat only pokes: losing it, doubling it or clearing its file changes nothing."""

from __future__ import annotations

import os
import sys

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "helpdesk.settings")

app = Celery("helpdesk")
app.set_default()  # for every thread of the web process


def broker_url() -> str:
    url = os.environ.get("REDIS_URL", "")
    if url.startswith("unix://"):
        return "redis+socket://" + url.removeprefix("unix://")
    return url or "redis://127.0.0.1:6379/0"


app.conf.update(
    broker_url=broker_url(),
    result_backend=None,
    task_ignore_result=True,
    task_acks_late=True,
    task_reject_on_worker_lost=True,
    worker_prefetch_multiplier=1,
    worker_max_tasks_per_child=500,
    worker_soft_shutdown_timeout=10,
    task_time_limit=240,
    task_publish_retry=False,
    broker_connection_retry_on_startup=True,
    broker_connection_max_retries=None,
    broker_connection_timeout=2,
    broker_transport_options={
        "visibility_timeout": 300,
        "unacked_restore_interval": 5,
        "unacked_restore_throttle": 1,
        "socket_timeout": 5 if "worker" in sys.argv else 2,
        "socket_connect_timeout": 2,
        "health_check_interval": 25,
        "max_retries": 0,
    },
    timezone="UTC",
    worker_hijack_root_logger=False,
    beat_schedule={
        "wake the tenants with something due": {
            "task": "tickets.tick",
            "schedule": float(os.environ.get("TICK_SECONDS", "2")),
            "options": {"expires": 5},
        },
        "look for what a hint forgot": {
            "task": "tickets.reconcile",
            "schedule": 600.0,
            "options": {"expires": 300},
        },
        "materialise next year's holidays": {
            "task": "tickets.materialise_holidays",
            "schedule": 86400.0,
            "options": {"expires": 3600},
        },
    },
)
app.autodiscover_tasks(["tickets"])
