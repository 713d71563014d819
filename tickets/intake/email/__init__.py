"""E-mail in: from a provider's web hook or a mailbox to a ticket, a reply, or a contact that became neither.

Pure (no database, no settings): `bounds`, `charsets`, `headers`, `parts`, `tnef`, `markup`, `quotes`, `robots`, `bounces`,
`verdicts`, `copies`, and `mail`, which puts them together: `read_mail(raw, at, envelope) -> Mail`. Every one of them works in
bounded time and memory, or raises `Unreadable`. `envelope` is what the provider said beside the mail.

With the database: `handling.handle` decides what becomes of a mail. Start reading there.
"""
