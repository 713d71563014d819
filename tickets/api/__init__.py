"""REST API v1. Each view fetches through `access`, validates, calls one use case and answers.

`base` holds what all views share (who may, pages, JSON in and out), `problems` how refusals are told, `requests` what is
accepted and `serializers` what is answered. Start at `urls`.
"""
