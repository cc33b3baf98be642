"""Django's PostgreSQL backend, with one question to the server less in each request."""
