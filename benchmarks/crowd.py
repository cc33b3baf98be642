"""A table full of inquiries by people with names and words as unevenly spread as real ones, and their documents."""

import random
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import accumulate
from typing import Any

import psycopg2
from django.db import connection
from django.db.backends.utils import CursorWrapper

from inquiries import references

TABLE, DOCUMENTS, NAMES = "inquiries_inquiry", "inquiries_searchable", "inquiries_nameword"
MESSAGES, FIRST_NAMES, LAST_NAMES, VOCABULARY = 5_000, 2_000, 20_000, 20_000
# A prime, so that references are all different and lie in no order, as the real ones do.
STEP = 9_999_991
SYLLABLES = [start + vowel for start in "bcdfghjklmnprstvz" for vowel in "aeio"]
EVERYDAY = "I have felt low for a year and wonder whether the injections could help me"
# Each with the part of all messages that it stands in.
WORDS = {"treatment": 0.5, "headaches": 0.1, "sertraline": 0.05}
# The most frequent ones: one person in 13, one in 27, and both in about 350.
FIRST_NAME, LAST_NAME = "Maria", "Gonzalez"

# Of every hundred: two new and one open (these wait for us), one waits on the patient, one is quarantined, the rest
# are done. What waits came within the last days; the rest over two years. Every constraint is checked. A cube makes a
# few names frequent and most of them rare.
GENERATE = f"""
    INSERT INTO {TABLE} (
        reference, submission_key, received_at, topic, writing_for, message, name, reply_by, email, phone,
        voicemail_ok, contact_times, language, status, urgency, due_at, owner_id, waiting_until, outcome,
        closed_at, closed_by_id, version, sample)
    SELECT made.reference, gen_random_uuid(), received_at,
        (ARRAY['treatment', 'appointment', 'billing', 'referral', 'other'])[1 + made.n %% 5], 'self',
        pool.message, first.word || ' ' || last.word, 'email', lower(first.word) || made.n || '@example.org',
        200 + made.n %% 700 || '-555-' || lpad((made.n * 7919 %% 10000)::text, 4, '0'),
        false, '', 'en', status,
        CASE WHEN made.n %% 1000 = 0 THEN 'crisis' WHEN made.n %% 500 = 1 THEN 'emergency' ELSE 'routine' END,
        received_at + interval '1 day',
        CASE WHEN status IN ('open', 'waiting', 'done') THEN %(staff)s END,
        CASE WHEN status = 'waiting' THEN current_date + 7 END,
        CASE WHEN status = 'done' THEN 'answered' ELSE '' END,
        CASE WHEN status = 'done' THEN received_at + interval '5 hours' END,
        CASE WHEN status = 'done' THEN %(staff)s END,
        1, false
    FROM (
        SELECT n, {
    " || ".join(
        f"substr('{references.ALPHABET}', 1 + (n * {STEP} / {len(references.ALPHABET) ** place} "
        f"%% {len(references.ALPHABET)})::int, 1)"
        for place in range(references.LENGTH)
    )
} AS reference,
        now() - CASE WHEN n %% 100 < 3 THEN n %% 2880 ELSE n %% 1051200 END * interval '1 minute' AS received_at,
        CASE n %% 100 WHEN 0 THEN 'new' WHEN 1 THEN 'new' WHEN 2 THEN 'open' WHEN 3 THEN 'waiting'
            WHEN 4 THEN 'quarantined' ELSE 'done' END AS status,
        n * 7919 %% {MESSAGES} AS message,
        floor({FIRST_NAMES} * power(n * 611953 %% 999983 / 999983.0, 3)) AS first,
        floor({LAST_NAMES} * power(n * 104729 %% 999979 / 999979.0, 3)) AS last
        FROM generate_series(%(first)s::bigint, %(last)s::bigint) AS n
    ) AS made
    JOIN bench_pool AS pool ON pool.n = made.message
    JOIN bench_word AS first ON first.kind = 'first' AND first.n = made.first
    JOIN bench_word AS last ON last.kind = 'last' AND last.n = made.last
    ORDER BY made.n
"""
# As inquiries_read_in makes them; but each message is stemmed once, not two hundred times.
DOCUMENT = f"""
    INSERT INTO {DOCUMENTS} (inquiry_id, email, phone, words)
    SELECT i.id, i.email, digits, setweight(inquiries_name_words(i.name), 'A')
        || array_to_tsvector(ARRAY[i.email, digits, right(digits, 7), right(digits, 4)]) || pool.words
    FROM {TABLE} i JOIN bench_pool pool ON pool.message = i.message, replace(i.phone, '-', '') AS digits
    WHERE i.id > %(after)s ORDER BY i.id
"""
NAME_WORDS = f"""
    TRUNCATE {NAMES};
    INSERT INTO {NAMES} (word, seen)
    SELECT word, count(*) FROM {TABLE}, unnest(tsvector_to_array(inquiries_name_words(name))) AS word GROUP BY word
"""
POOL = """
    CREATE TABLE bench_word AS
        SELECT 'first' AS kind, n - 1 AS n, word FROM unnest(%(first)s::text[]) WITH ORDINALITY AS x (word, n)
        UNION ALL SELECT 'last', n - 1, word FROM unnest(%(last)s::text[]) WITH ORDINALITY AS x (word, n);
    CREATE TABLE bench_pool AS
        SELECT n - 1 AS n, message, setweight(inquiries_words(message), 'D') AS words
        FROM unnest(%(messages)s::text[]) WITH ORDINALITY AS x (message, n);
    ANALYZE bench_word; ANALYZE bench_pool;
"""
INDEXES = """
    SELECT indexname, indexdef FROM pg_indexes
    WHERE tablename = ANY(%s) AND indexname NOT IN (SELECT conname FROM pg_constraint)
"""


def fill(first: int, last: int, staff: int) -> None:
    """Inquiries number `first` to `last`, and what is searched of them. Leaves all as autovacuum would.

    No history is written for them: the trigger would double the time, and no page reads it.
    """
    with connection.cursor() as cursor:
        if first == 1:
            cursor.execute(f"TRUNCATE {TABLE} CASCADE")
            cursor.execute(POOL, _pool())
        cursor.execute(f"SELECT COALESCE(max(inquiry_id), 0) FROM {DOCUMENTS}")
        values = {"first": first, "last": last, "staff": staff, "after": cursor.fetchone()[0]}
        cursor.execute(f"ALTER TABLE {TABLE} DISABLE TRIGGER USER")
        with _without_indexes(cursor):
            cursor.execute(GENERATE, values)
            cursor.execute(DOCUMENT, values)
        cursor.execute(f"ALTER TABLE {TABLE} ENABLE TRIGGER USER")
        cursor.execute(NAME_WORDS)
        for table in (TABLE, DOCUMENTS, NAMES):
            cursor.execute(f"VACUUM (ANALYZE) {table}")
        cursor.execute("CHECKPOINT")  # or it would be written to disk in the middle of a measurement


def copy(name: str) -> None:
    """The database as it is now, as another one on the same server. Ends the sessions of the web servers."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_database()")
        (source,) = cursor.fetchone()
    connection.close()
    # From the server's own database: nobody may look at what is copied.
    outside = psycopg2.connect(
        host=connection.settings_dict["HOST"],
        user=connection.settings_dict["USER"],
        password=connection.settings_dict["PASSWORD"],
        dbname="postgres",
    )
    outside.autocommit = True
    with outside.cursor() as cursor:
        cursor.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", [source])
        cursor.execute(f"CREATE DATABASE {name} TEMPLATE {source}")
    outside.close()


@contextmanager
def _without_indexes(cursor: CursorWrapper) -> Iterator[None]:
    """Drop those that no constraint needs and make them again afterwards: a minute instead of five."""
    cursor.execute(INDEXES, [[TABLE, DOCUMENTS]])
    indexes = cursor.fetchall()
    for name, _ in indexes:
        cursor.execute(f"DROP INDEX {name}")
    yield
    cursor.execute("SET maintenance_work_mem = '512MB'")
    for _, definition in indexes:
        cursor.execute(definition)
    cursor.execute("RESET maintenance_work_mem")


def _pool() -> dict[str, Any]:
    """Names and messages."""
    chance = random.Random(5)  # noqa: S311 - nothing is protected; the same in each run

    def made(many: int) -> list[str]:
        return sorted(
            {"".join(chance.choices(SYLLABLES, k=4)) for _ in range(many * 2)}, key=lambda _: chance.random()
        )[:many]

    words, first, last = made(VOCABULARY), made(FIRST_NAMES), made(LAST_NAMES)
    first[0], last[0] = FIRST_NAME, LAST_NAME
    spread = list(accumulate(1 / (place + 3) for place in range(len(words))))
    messages = []
    for number in range(MESSAGES):
        said = [*chance.choices(EVERYDAY.split(), k=25), *chance.choices(words, cum_weights=spread, k=40)]
        said += [word for word, part in WORDS.items() if chance.random() < part]
        chance.shuffle(said)
        messages.append(f"{' '.join(said)}. Question {number}")
    return {"first": [name.title() for name in first], "last": [name.title() for name in last], "messages": messages}
