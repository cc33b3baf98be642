"""Promises, and the tests that break them."""
