"""What the search box looks in, and the functions that fill and read it. docs/decisions/0013 says why."""

import django.contrib.postgres.indexes
import django.contrib.postgres.search
import django.db.models.deletion
import django.db.models.expressions
import django.db.models.functions.text
import pgtrigger.compiler
import pgtrigger.migrations
from django.contrib.postgres.operations import BtreeGinExtension, TrigramExtension, UnaccentExtension
from django.db import migrations, models

# Three ways to read words: English stems, Spanish stems, and names as they are; all without accents. In Spanish,
# English words such as "the" are left out, too, or half of an English message would be stored twice.
CONFIGURATIONS = """
CREATE TEXT SEARCH DICTIONARY inquiries_english_stop (TEMPLATE = pg_catalog.simple, STOPWORDS = english, ACCEPT = false);
CREATE TEXT SEARCH CONFIGURATION inquiries_english (COPY = pg_catalog.english);
ALTER TEXT SEARCH CONFIGURATION inquiries_english
    ALTER MAPPING FOR word, hword, hword_part, asciiword, asciihword, hword_asciipart WITH unaccent, english_stem;
CREATE TEXT SEARCH CONFIGURATION inquiries_spanish (COPY = pg_catalog.spanish);
ALTER TEXT SEARCH CONFIGURATION inquiries_spanish
    ALTER MAPPING FOR word, hword, hword_part, asciiword, asciihword, hword_asciipart
    WITH inquiries_english_stop, unaccent, spanish_stem;
CREATE TEXT SEARCH CONFIGURATION inquiries_names (COPY = pg_catalog.simple);
ALTER TEXT SEARCH CONFIGURATION inquiries_names
    ALTER MAPPING FOR word, hword, hword_part, asciiword, asciihword, hword_asciipart WITH unaccent, simple;
"""
NO_CONFIGURATIONS = """
DROP TEXT SEARCH CONFIGURATION inquiries_names, inquiries_spanish, inquiries_english;
DROP TEXT SEARCH DICTIONARY inquiries_english_stop;
"""

# Signs that make PostgreSQL take words for a path, a host, a tag or a number become spaces: "anxiety/depression" is
# two words. Notes are cut: a document has room for a million bytes, and a note must never be refused for its length.
FILLING = r"""
CREATE FUNCTION inquiries_words(said text) RETURNS tsvector LANGUAGE sql STABLE AS $$
    SELECT to_tsvector('inquiries_english', spaced) || to_tsvector('inquiries_spanish', spaced)
    FROM (SELECT translate(left(said, 50000), '/.-_@:+&<>''’', '            ') AS spaced) AS text
$$;

CREATE FUNCTION inquiries_name_words(name text) RETURNS tsvector LANGUAGE sql STABLE AS $$
    SELECT to_tsvector('inquiries_names', translate(name, '/.-_@:+&<>''’', '            '))
$$;

CREATE FUNCTION inquiries_read_in(ids bigint[]) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    -- In one order, or two who read in at once could wait for each other for ever.
    INSERT INTO inquiries_nameword AS kept (word, seen)
    SELECT said, count(*) FROM inquiries_inquiry i, unnest(tsvector_to_array(inquiries_name_words(i.name))) AS said
    WHERE i.id = ANY(ids) AND (
        NOT EXISTS (SELECT FROM inquiries_searchable s WHERE s.inquiry_id = i.id)
        OR NOT EXISTS (SELECT FROM inquiries_nameword n WHERE n.word = said))
    GROUP BY said ORDER BY said
    ON CONFLICT (word) DO UPDATE SET seen = kept.seen + EXCLUDED.seen;

    INSERT INTO inquiries_searchable (inquiry_id, email, phone, words)
    SELECT i.id, lower(i.email), digits,
        setweight(inquiries_name_words(i.name), 'A')
        || setweight(inquiries_words(COALESCE((
            SELECT string_agg(e.text, ' ' ORDER BY e.id DESC) FROM inquiries_entry e WHERE e.inquiry_id = i.id), '')), 'B')
        || array_to_tsvector(
            array_remove(ARRAY[lower(i.email), digits, right(digits, 7), right(digits, 4)], ''))
        || setweight(inquiries_words(i.message), 'D')
        -- Here follows what else people write to each other about an inquiry, with weight C.
    FROM inquiries_inquiry i,
        -- Without what follows as an extension, "ext. 4" or "x4".
        right(regexp_replace(regexp_replace(i.phone, '([0-9])[^0-9]*(ext|x|#).*$', '\1', 'i'), '[^0-9]', '', 'g'), 10) AS digits
    WHERE i.id = ANY(ids) ORDER BY i.id
    ON CONFLICT (inquiry_id) DO UPDATE SET email = EXCLUDED.email, phone = EXCLUDED.phone, words = EXCLUDED.words;
END $$;

-- Read in up to `most` inquiries that nobody has, from `back` numbers before the newest one on; their number.
CREATE FUNCTION inquiries_read_in_new(most integer, back integer) RETURNS integer LANGUAGE plpgsql
SET enable_seqscan = off SET enable_hashjoin = off SET enable_mergejoin = off SET jit = off AS $$
DECLARE
    newest bigint := COALESCE((SELECT max(inquiry_id) FROM inquiries_searchable), 0);
    missing bigint[];
    locked boolean := false;
BEGIN
    LOOP
        missing := ARRAY(
            SELECT i.id FROM inquiries_inquiry i WHERE i.id > newest - back
            AND NOT EXISTS (SELECT FROM inquiries_searchable s WHERE s.inquiry_id = i.id) ORDER BY i.id LIMIT most);
        EXIT WHEN locked OR missing = '{}';
        -- One at a time; whoever waited looks again.
        PERFORM pg_advisory_xact_lock(hashtext('inquiries_read_in_new'));
        locked := true;
    END LOOP;
    PERFORM inquiries_read_in(missing);
    RETURN cardinality(missing);
END $$;

-- The words of a name that nobody has any more; the others stay.
CREATE FUNCTION inquiries_forget_name(name text) RETURNS void LANGUAGE sql AS $$
    DELETE FROM inquiries_nameword n
    WHERE n.word = ANY(tsvector_to_array(inquiries_name_words(name)))
    AND NOT EXISTS (
        SELECT FROM inquiries_searchable s WHERE s.words @@ (quote_literal(n.word) || ':A')::tsquery)
$$;
"""
NO_FILLING = r"""
DROP FUNCTION inquiries_forget_name(text), inquiries_read_in_new(integer, integer), inquiries_read_in(bigint[]),
    inquiries_name_words(text), inquiries_words(text);
"""

# The newest `most` that fit, shelf by shelf (8,192 inquiries), beyond the newest two rooms room by room (131,072). Each
# step is one look into the index, where shelf and words meet, so that it costs as much as it finds; a common word is
# done after a shelf or two, a rare one after some thirty steps for a million inquiries. The planner must not guess: for a
# common word it would read the table from its newest row on, once for each shelf. Adding 0 keeps it from that.
FINDING = """
CREATE FUNCTION inquiries_find(wanted tsquery, ranked tsquery, most integer)
RETURNS TABLE (inquiry_id bigint, rank real) LANGUAGE sql STABLE ROWS 500
SET enable_seqscan = off SET jit = off AS $$
    WITH newest AS (SELECT max(s.inquiry_id) AS id FROM inquiries_searchable s),
    places AS (
        SELECT shelf, NULL::bigint AS room
        FROM newest, generate_series(id / 8192, GREATEST(id / 131072 - 1, 0) * 16, -1) AS shelf
        UNION ALL
        SELECT NULL, room FROM newest, generate_series(id / 131072 - 2, 0, -1) AS room
    )
    SELECT hit.inquiry_id, ts_rank('{0.1, 0.2, 0.4, 1.0}', hit.words, ranked)
    FROM places CROSS JOIN LATERAL (
        (SELECT s.inquiry_id, s.words FROM inquiries_searchable s
         WHERE s.shelf = places.shelf AND s.words @@ wanted ORDER BY s.inquiry_id + 0 DESC LIMIT most)
        UNION ALL
        (SELECT s.inquiry_id, s.words FROM inquiries_searchable s
         WHERE s.room = places.room AND s.words @@ wanted ORDER BY s.inquiry_id + 0 DESC LIMIT most)
    ) AS hit
    LIMIT most
$$;
"""
NO_FINDING = "DROP FUNCTION inquiries_find(tsquery, tsquery, integer);"


class Migration(migrations.Migration):

    dependencies = [
        ('inquiries', '0009_figures'),
    ]

    operations = [
        TrigramExtension(),
        UnaccentExtension(),
        BtreeGinExtension(),
        migrations.RunSQL(CONFIGURATIONS, NO_CONFIGURATIONS),
        migrations.CreateModel(
            name='NameWord',
            fields=[
                ('word', models.TextField(help_text='In small letters, without accents.', primary_key=True, serialize=False)),
                ('seen', models.PositiveIntegerField(help_text='In how many names; the more frequent one is offered first.')),
            ],
        ),
        migrations.CreateModel(
            name='Searchable',
            fields=[
                ('inquiry', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name='searchable', serialize=False, to='inquiries.inquiry')),
                ('email', models.TextField(help_text='In small letters.')),
                ('phone', models.TextField(help_text='The last ten digits.')),
                ('words', django.contrib.postgres.search.SearchVectorField(help_text='Stems. A: the name. B: notes and calls. D: the message.')),
                ('shelf', models.GeneratedField(db_persist=True, expression=django.db.models.expressions.CombinedExpression(models.F('inquiry'), '/', models.Value(8192)), output_field=models.BigIntegerField())),
                ('room', models.GeneratedField(db_persist=True, expression=django.db.models.expressions.CombinedExpression(models.F('inquiry'), '/', models.Value(131072)), output_field=models.BigIntegerField())),
            ],
        ),
        migrations.RunSQL(FILLING, NO_FILLING),
        pgtrigger.migrations.AddTrigger(
            model_name='entry',
            trigger=pgtrigger.compiler.Trigger(name='entry_is_found', sql=pgtrigger.compiler.UpsertTriggerSql(func='PERFORM inquiries_read_in(ARRAY[COALESCE(NEW.inquiry_id, OLD.inquiry_id)]); RETURN NULL;', hash='dea32596f556953b6791862f247686a74564ea0f', operation='INSERT OR DELETE', pgid='pgtrigger_entry_is_found_35360', table='inquiries_entry', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='inquiry',
            trigger=pgtrigger.compiler.Trigger(name='inquiry_is_found_as_it_stands', sql=pgtrigger.compiler.UpsertTriggerSql(func='PERFORM inquiries_read_in(ARRAY[NEW.id]); PERFORM inquiries_forget_name(OLD.name); RETURN NULL;', hash='2fa18d232a8200ad65ab32dacc83359a8e62ea74', operation='UPDATE OF "name", "email", "phone", "message"', pgid='pgtrigger_inquiry_is_found_as_it_stands_b1f22', table='inquiries_inquiry', when='AFTER')),
        ),
        migrations.AddIndex(
            model_name='nameword',
            index=django.contrib.postgres.indexes.GinIndex(fields=['word'], name='name_word_is_like', opclasses=['gin_trgm_ops']),
        ),
        migrations.AddIndex(
            model_name='searchable',
            index=django.contrib.postgres.indexes.GinIndex(fastupdate=False, fields=['shelf', 'room', 'words'], name='searchable_words'),
        ),
        migrations.AddIndex(
            model_name='searchable',
            index=models.Index(fields=['email'], name='searchable_email_begins', opclasses=['text_pattern_ops']),
        ),
        migrations.AddIndex(
            model_name='searchable',
            index=models.Index(fields=['phone'], name='searchable_phone_begins', opclasses=['text_pattern_ops']),
        ),
        migrations.AddIndex(
            model_name='searchable',
            index=models.Index(django.contrib.postgres.indexes.OpClass(django.db.models.functions.text.Reverse('phone'), name='text_pattern_ops'), name='searchable_phone_ends'),
        ),
        migrations.RunSQL(FINDING, NO_FINDING),
    ]
