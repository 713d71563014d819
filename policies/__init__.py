"""What was promised: support policies as documents, and what follows from them for one request.

Knows the document and its parts, which rule wins, which deadlines a request gets and why, what is wrong with
a policy, and how one is drafted, published and shown. Must not know what a ticket is (it gets `facts` and
returns a decision), who is told (notifications), nor how a clock is kept (of `sla` it uses the pure modules
only).

Start at `document.py` (the promises as data), then `decisions.py` (`decide`). `codec.py` writes a policy as
TOML and JSON, `lint.py` says what is wrong with one, `explanation.py` says why a deadline is what it is;
`packs/` holds five real policies and a tour.
"""
