"""The people who work here: accounts that sign in with an email address.

Reading order: models.py, roles.py (who may do what), sign_in.py (guessing is slowed down), admin.py.
"""
