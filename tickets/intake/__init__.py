"""Other doors: what came in by mail and messengers, kept raw first, then understood, ending in open_ticket or reply."""
