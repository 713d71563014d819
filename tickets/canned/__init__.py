"""Canned answers: texts that agents insert into a reply instead of typing them again. Start reading at `texts.py`."""
