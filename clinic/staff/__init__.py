"""The people who work here: accounts that sign in with an email address."""
