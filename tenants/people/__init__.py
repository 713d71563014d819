"""Who signs in: people of one tenant (or, in the public schema, of the platform), their sign-in and profile pages.

Must not know: companies, tickets, policies. Start reading at `models.py`.
"""
