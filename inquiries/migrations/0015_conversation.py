"""Messages after the first question, the patient's link and codes, and emails that did not arrive."""

import django.db.models.deletion
import django.utils.timezone
import inquiries.models.link
import pgtrigger.compiler
import pgtrigger.migrations
from django.conf import settings
from django.db import migrations, models


# As in 0010, and with what patients and staff wrote to each other, with weight C.
READING_IN = r"""
CREATE OR REPLACE FUNCTION inquiries_read_in(ids bigint[]) RETURNS void LANGUAGE plpgsql AS $$
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
        || setweight(inquiries_words(COALESCE((
            SELECT string_agg(m.text, ' ' ORDER BY m.id DESC) FROM inquiries_message m
            WHERE m.inquiry_id = i.id AND m.taken_back_at IS NULL), '')), 'C')
    FROM inquiries_inquiry i,
        -- Without what follows as an extension, "ext. 4" or "x4".
        right(regexp_replace(regexp_replace(i.phone, '([0-9])[^0-9]*(ext|x|#).*$', '\1', 'i'), '[^0-9]', '', 'g'), 10) AS digits
    WHERE i.id = ANY(ids) ORDER BY i.id
    ON CONFLICT (inquiry_id) DO UPDATE SET email = EXCLUDED.email, phone = EXCLUDED.phone, words = EXCLUDED.words;
END $$;
"""
READING_IN_BEFORE = r"""
CREATE OR REPLACE FUNCTION inquiries_read_in(ids bigint[]) RETURNS void LANGUAGE plpgsql AS $$
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
"""

# What failed before today was shown to staff another way; no inquiry comes back for it now.
TOLD_BEFORE = """
UPDATE inquiries_notice SET told_at = now() FROM post_office_email
WHERE post_office_email.id = inquiries_notice.email_id AND post_office_email.status = 1;
"""


class Migration(migrations.Migration):

    dependencies = [
        ('inquiries', '0014_newest_first'),
        ('post_office', '0014_alter_email_recipient_delivery_status_and_more'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Code',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('nonce', models.CharField(max_length=32)),
                ('made_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('expires_at', models.DateTimeField(default=inquiries.models.link._ten_minutes_on)),
                ('wrong_tries', models.PositiveSmallIntegerField(db_default=0, default=0)),
                ('used_at', models.DateTimeField(blank=True, null=True)),
            ],
        ),
        migrations.CreateModel(
            name='Link',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('nonce', models.CharField(max_length=32)),
                ('token_hash', models.CharField(help_text='SHA-256 of the token in the address.', max_length=64, unique=True)),
                ('made_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('expires_at', models.DateTimeField(default=inquiries.models.link._a_month_on)),
                ('replaced_at', models.DateTimeField(blank=True, null=True)),
            ],
        ),
        migrations.CreateModel(
            name='LostLink',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('reference', models.CharField(max_length=8)),
                ('mailbox', models.CharField(help_text='A keyed digest of the address that was typed.', max_length=64)),
                ('period', models.BigIntegerField(help_text='The quarter of an hour, counted from 1970: one email in each.')),
                ('asked_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('looked_at', models.DateTimeField(blank=True, null=True)),
            ],
        ),
        migrations.CreateModel(
            name='Message',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('message', 'Message'), ('copy', 'Asks for a copy of what we keep'), ('deletion', 'Asks us to delete what we keep'), ('no_answer', 'Needs no answer any more')], default='message', max_length=10)),
                ('text', models.TextField(blank=True)),
                ('role', models.CharField(blank=True, help_text='What the patient is told about who wrote.', max_length=40)),
                ('written_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('submission_key', models.UUIDField(help_text="Of the patient's form, so that pressing the button twice keeps one message.", null=True, unique=True)),
                ('then', models.CharField(blank=True, choices=[('keep', 'Keep it open: I will write again'), ('wait', 'Wait for the patient'), ('answered', 'Close it as answered')], max_length=10)),
                ('wait_until', models.DateField(blank=True, null=True)),
                ('leaves_at', models.DateTimeField(blank=True, null=True)),
                ('left_at', models.DateTimeField(blank=True, help_text='When it could not be taken back any more.', null=True)),
                ('taken_back_at', models.DateTimeField(blank=True, null=True)),
                ('opened_at', models.DateTimeField(blank=True, help_text='When the patient first had it on the screen.', null=True)),
            ],
            options={
                'ordering': ['written_at', 'pk'],
            },
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='inquiry',
            name='inquiry_takes_only_known_steps',
        ),
        migrations.RemoveConstraint(
            model_name='notice',
            name='notice_kind_is_known',
        ),
        migrations.AddField(
            model_name='notice',
            name='told_at',
            field=models.DateTimeField(blank=True, help_text='When its inquiry came back to the desk because the email did not arrive.', null=True),
        ),
        migrations.AlterField(
            model_name='notice',
            name='kind',
            field=models.CharField(choices=[('receipt', 'Receipt to the patient'), ('new_inquiry', 'News of an inquiry to the front desk'), ('page', 'Page to the people on call'), ('reply', 'News of a message to the patient'), ('code', 'Code to the patient'), ('link', 'Link to the patient, who had lost it'), ('new_message', "News of a patient's message to the front desk")], max_length=20),
        ),
        migrations.RunSQL(READING_IN, READING_IN_BEFORE),
        migrations.RunSQL(TOLD_BEFORE, migrations.RunSQL.noop),
        pgtrigger.migrations.AddTrigger(
            model_name='inquiry',
            trigger=pgtrigger.compiler.Trigger(name='inquiry_takes_only_known_steps', sql=pgtrigger.compiler.UpsertTriggerSql(declare='DECLARE _is_valid_transition BOOLEAN;', func='SELECT CONCAT(OLD."status", \':\', NEW."status") = ANY(\'{new:open,new:done,open:new,open:waiting,open:done,waiting:open,waiting:new,waiting:done,done:open,done:new,quarantined:new,quarantined:done,new:quarantined,done:quarantined}\'::text[]) INTO _is_valid_transition; IF (_is_valid_transition IS FALSE AND OLD."status" IS DISTINCT FROM NEW."status") THEN RAISE EXCEPTION \'pgtrigger: Invalid transition of field "status" from "%" to "%" on table %\', OLD."status", NEW."status", TG_TABLE_NAME; ELSE RETURN NEW; END IF;', hash='d22fcb3e60e09954c9c3cfacede925e11bec5abb', operation='UPDATE', pgid='pgtrigger_inquiry_takes_only_known_steps_31f43', table='inquiries_inquiry', when='BEFORE')),
        ),
        migrations.AddField(
            model_name='notice',
            name='code',
            field=models.ForeignKey(blank=True, db_index=False, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='notices', to='inquiries.code'),
        ),
        migrations.AddField(
            model_name='link',
            name='inquiry',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='links', to='inquiries.inquiry'),
        ),
        migrations.AddField(
            model_name='code',
            name='link',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='codes', to='inquiries.link'),
        ),
        migrations.AddIndex(
            model_name='lostlink',
            index=models.Index(models.F('asked_at'), condition=models.Q(('looked_at__isnull', True)), name='lost_link_to_look_at'),
        ),
        migrations.AddConstraint(
            model_name='lostlink',
            constraint=models.UniqueConstraint(fields=('reference', 'mailbox', 'period'), name='lost_link_is_one_in_a_quarter_of_an_hour'),
        ),
        migrations.AddField(
            model_name='message',
            name='author',
            field=models.ForeignKey(blank=True, help_text='Empty: the patient.', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='message',
            name='inquiry',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='messages', to='inquiries.inquiry'),
        ),
        migrations.AddField(
            model_name='finding',
            name='message',
            field=models.ForeignKey(blank=True, db_index=False, help_text='The later message that the span counts in; empty: what came with the form.', null=True, on_delete=django.db.models.deletion.CASCADE, related_name='findings', to='inquiries.message'),
        ),
        migrations.AddField(
            model_name='notice',
            name='message',
            field=models.ForeignKey(blank=True, db_index=False, help_text='The one that the email tells of.', null=True, on_delete=django.db.models.deletion.CASCADE, related_name='notices', to='inquiries.message'),
        ),
        migrations.AddIndex(
            model_name='finding',
            index=models.Index(models.F('message'), condition=models.Q(('message__isnull', False)), name='finding_by_message'),
        ),
        migrations.AddIndex(
            model_name='notice',
            index=models.Index(models.F('message'), condition=models.Q(('message__isnull', False)), name='notice_by_message'),
        ),
        migrations.AddIndex(
            model_name='notice',
            index=models.Index(models.F('code'), condition=models.Q(('code__isnull', False)), name='notice_by_code'),
        ),
        migrations.AddConstraint(
            model_name='notice',
            constraint=models.CheckConstraint(condition=models.Q(('kind__in', ['receipt', 'new_inquiry', 'page', 'reply', 'code', 'link', 'new_message'])), name='notice_kind_is_known'),
        ),
        migrations.AddConstraint(
            model_name='link',
            constraint=models.UniqueConstraint(condition=models.Q(('replaced_at__isnull', True)), fields=('inquiry',), name='link_is_one_per_inquiry'),
        ),
        migrations.AddIndex(
            model_name='code',
            index=models.Index(fields=['link', 'made_at'], name='code_by_link'),
        ),
        migrations.AddConstraint(
            model_name='code',
            constraint=models.CheckConstraint(condition=models.Q(('wrong_tries__lte', 5)), name='code_has_five_tries'),
        ),
        migrations.AddIndex(
            model_name='message',
            index=models.Index(models.F('leaves_at'), condition=models.Q(('leaves_at__isnull', False), ('left_at__isnull', True), ('taken_back_at__isnull', True)), name='message_about_to_leave'),
        ),
        migrations.AddConstraint(
            model_name='message',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('author__isnull', True), ('leaves_at__isnull', True), ('role', ''), ('submission_key__isnull', False), ('then', '')), models.Q(models.Q(('role', ''), _negated=True), ('author__isnull', False), ('kind', 'message'), ('leaves_at__isnull', False), ('submission_key__isnull', True), ('then__in', ['keep', 'wait', 'answered'])), _connector='OR'), name='message_is_the_patients_or_the_clinics'),
        ),
        migrations.AddConstraint(
            model_name='message',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('kind', 'message'), _negated=True), models.Q(('text', ''), _negated=True), _connector='OR'), name='message_has_words'),
        ),
        migrations.AddConstraint(
            model_name='message',
            constraint=models.CheckConstraint(condition=models.Q(('left_at__isnull', True), ('taken_back_at__isnull', True), _connector='OR'), name='message_left_or_was_taken_back'),
        ),
        migrations.AddConstraint(
            model_name='message',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('then', 'wait'), ('wait_until__isnull', False)), models.Q(models.Q(('then', 'wait'), _negated=True), ('wait_until__isnull', True)), _connector='OR'), name='message_that_waits_says_until_when'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='message',
            trigger=pgtrigger.compiler.Trigger(name='message_keeps_what_was_written', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD."inquiry_id" IS DISTINCT FROM (NEW."inquiry_id") OR OLD."kind" IS DISTINCT FROM (NEW."kind") OR OLD."author_id" IS DISTINCT FROM (NEW."author_id") OR OLD."role" IS DISTINCT FROM (NEW."role") OR OLD."written_at" IS DISTINCT FROM (NEW."written_at") OR OLD."submission_key" IS DISTINCT FROM (NEW."submission_key"))', func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;", hash='9cb044ae8da8b5c889e552352e20326620e1ab17', operation='UPDATE', pgid='pgtrigger_message_keeps_what_was_written_b2bf5', table='inquiries_message', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='message',
            trigger=pgtrigger.compiler.Trigger(name='message_is_found', sql=pgtrigger.compiler.UpsertTriggerSql(func='PERFORM inquiries_read_in(ARRAY[COALESCE(NEW.inquiry_id, OLD.inquiry_id)]); RETURN NULL;', hash='aed0e632985302c231cd8b6fb33823e9a8946aba', operation='INSERT OR UPDATE OF "text", "taken_back_at" OR DELETE', pgid='pgtrigger_message_is_found_ecc50', table='inquiries_message', when='AFTER')),
        ),
    ]
