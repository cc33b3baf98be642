"""The clinic's own facts, and the time by which it promises to reply.

Reading order: models.py (what staff edit), validators.py, hours.py (when the clinic is open), clock.py (what is
promised and how we say it), days.py (days as staff enter them), admin.py, context.py (the facts in every template).
"""
