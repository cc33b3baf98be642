"""Everything that the database holds, as text, to look for what must not be there."""

import re

from django.contrib.sessions.models import Session
from django.db import connection


def everything() -> dict[str, str]:
    """Each table's rows in small letters, search vectors and documents included, with what its sessions hold."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT format('%I', relname) FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace"
        )
        tables = [name for (name,) in cursor.fetchall()]
        held = {}
        for table in tables:
            # The name of a table of ours, quoted by the database itself.
            cursor.execute(f"SELECT COALESCE(string_agg(kept::text, chr(10)), '') FROM {table} AS kept")  # noqa: S608 - see above
            held[table] = cursor.fetchone()[0].lower()
    return held | {"what sessions hold": str([session.get_decoded() for session in Session.objects.all()]).lower()}


def where(*words: str) -> dict[str, list[str]]:
    """The tables in which any of the words stands; a number is found however its digits are grouped."""
    patterns = {word: r"\D{0,3}".join(word) if word.isdecimal() else re.escape(word.lower()) for word in words}
    found = {
        table: [word for word, pattern in patterns.items() if re.search(pattern, text)]
        for table, text in everything().items()
    }
    return {table: words for table, words in found.items() if words}
