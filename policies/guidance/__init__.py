"""What helps before anybody asks: articles by topic, and what is wrong right now (CH02, TD18).

Begin with `models.py`. `articles` writes, publishes and counts what solved something, `searching` finds what answers a few typed
words, `incidents` opens and updates what the status page shows. It must not know what a ticket is: the pages stand in
`tickets.portal`.
"""
