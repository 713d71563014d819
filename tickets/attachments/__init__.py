"""Files of a message: refused with a clear reason by the policy's rule, or kept (ZP06, CH10).

Whatever the door - page, API, mail, chat, messenger - `check` is asked. What a file is, is told by its content; how long a
video lasts is measured from it, in a process of its own (`measuring`, which runs `probe`). Start reading at `rules`.
"""

from tickets.attachments.looking import kind_of, look
from tickets.attachments.rules import check, keep, measure

__all__ = ["check", "keep", "kind_of", "look", "measure"]
