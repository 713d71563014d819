"""The customer's room: home, asking, conversation, guest links, files. Start at urls.py.

Knows the web and the words for customers; decides nothing: every change is one call of `tickets.lifecycle`.
"""
