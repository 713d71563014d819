"""WHO IS TOLD, ONCE: the outbox. Rows are written in the transaction of their cause and delivered after the commit.

Must not know: tickets, policies, clocks. It gets people and words, and says what was delivered.
Start reading at `outbox.py`.
"""
