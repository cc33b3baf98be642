"""Erasing a person, legal holds, and what the database lets an erasure do that nothing else may."""

import django.db.models.deletion
import pgtrigger.compiler
import pgtrigger.migrations
from django.conf import settings
from django.db import migrations, models

from clinic.staff import roles

PERMISSIONS = ("inquiries.export_person", "inquiries.erase_person", "inquiries.hold_inquiry")

# Asked by triggers: words may go from what hangs on an erased inquiry, and from nothing else.
IS_ERASED = """
CREATE FUNCTION inquiries_is_erased(wanted bigint) RETURNS boolean LANGUAGE sql STABLE AS $$
    SELECT EXISTS (SELECT FROM inquiries_inquiry WHERE id = wanted AND erased_at IS NOT NULL)
$$;
"""
NO_IS_ERASED = "DROP FUNCTION inquiries_is_erased(bigint);"


class Migration(migrations.Migration):

    dependencies = [
        ('inquiries', '0015_conversation'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AlterModelOptions(
            name='inquiry',
            options={'ordering': ['-pinned', 'due_at', 'pk'], 'permissions': [('open_inquiry', 'Can open inquiries and read what patients wrote'), ('assign_inquiry', 'Can give inquiries to other people'), ('export_inquiry', 'Can export lists of inquiries'), ('export_person', 'Can hand out everything we keep of one person'), ('erase_person', 'Can erase everything we keep of one person'), ('hold_inquiry', 'Can set and lift a legal hold, which keeps inquiries from being erased')], 'verbose_name_plural': 'inquiries'},
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='entry',
            name='entry_is_never_changed',
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='entry',
            name='entry_is_found',
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='inquiry',
            name='inquiry_keeps_what_came_in',
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='message',
            name='message_keeps_what_was_written',
        ),
        migrations.RemoveConstraint(
            model_name='access',
            name='access_deed_is_known',
        ),
        migrations.RemoveConstraint(
            model_name='inquiry',
            name='inquiry_can_be_answered_the_way_asked',
        ),
        migrations.RemoveConstraint(
            model_name='inquiry',
            name='inquiry_done_says_how_when_and_by_whom',
        ),
        migrations.AddField(
            model_name='inquiry',
            name='erased_at',
            field=models.DateTimeField(blank=True, help_text='When everything about the person was erased; the row stays, to be counted.', null=True),
        ),
        migrations.AddField(
            model_name='inquiry',
            name='erased_by',
            field=models.ForeignKey(blank=True, help_text='Empty when its time was over: retention.py.', null=True, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='inquiry',
            name='held_at',
            field=models.DateTimeField(blank=True, help_text='Of a legal hold, while there is one: nothing of it may be erased.', null=True),
        ),
        migrations.AddField(
            model_name='inquiry',
            name='held_by',
            field=models.ForeignKey(blank=True, null=True, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='inquiry',
            name='hold_reason',
            field=models.CharField(blank=True, db_default='', default='', max_length=300),
        ),
        migrations.AddField(
            model_name='workerheartbeat',
            name='expired_on',
            field=models.DateField(help_text='The last day at the clinic on which what was over its time was erased.', null=True),
        ),
        migrations.AlterField(
            model_name='access',
            name='deed',
            field=models.CharField(choices=[('opened', 'Opened an inquiry'), ('listed', 'Looked at a list'), ('searched', 'Searched'), ('exported', 'Exported a list'), ('copied', 'Exported one person'), ('erased', 'Erased a person'), ('held', 'Set or lifted a legal hold'), ('refused', 'Was refused')], max_length=10),
        ),
        migrations.RunSQL(IS_ERASED, NO_IS_ERASED),
        pgtrigger.migrations.AddTrigger(
            model_name='entry',
            trigger=pgtrigger.compiler.Trigger(name='entry_is_never_changed', sql=pgtrigger.compiler.UpsertTriggerSql(condition="WHEN (NOT (NEW.text IN (OLD.text, '[erased]') AND to_jsonb(NEW) - 'text' = to_jsonb(OLD) - 'text' AND inquiries_is_erased(OLD.inquiry_id)))", func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;", hash='278949ff99d5d12bda28aefb065a4603b13a5687', operation='UPDATE', pgid='pgtrigger_entry_is_never_changed_a279e', table='inquiries_entry', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='entry',
            trigger=pgtrigger.compiler.Trigger(name='entry_is_found', sql=pgtrigger.compiler.UpsertTriggerSql(func='PERFORM inquiries_read_in(ARRAY[COALESCE(NEW.inquiry_id, OLD.inquiry_id)]); RETURN NULL;', hash='73e6cb930eb754663ce1925225f9e7858f39962d', operation='INSERT OR UPDATE OF "text" OR DELETE', pgid='pgtrigger_entry_is_found_35360', table='inquiries_entry', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='inquiry',
            trigger=pgtrigger.compiler.Trigger(name='inquiry_keeps_what_came_in', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD."reference" IS DISTINCT FROM (NEW."reference") OR OLD."received_at" IS DISTINCT FROM (NEW."received_at") OR OLD."follows_id" IS DISTINCT FROM (NEW."follows_id") OR OLD."sample" IS DISTINCT FROM (NEW."sample"))', func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;", hash='42b8eafdd872d8e5585f43ec33e1ef75f1e07a0a', operation='UPDATE', pgid='pgtrigger_inquiry_keeps_what_came_in_76aba', table='inquiries_inquiry', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='inquiry',
            trigger=pgtrigger.compiler.Trigger(name='inquiry_keeps_the_key_of_its_form', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD."submission_key" IS DISTINCT FROM NEW."submission_key" AND NEW."erased_at" IS NULL)', func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;", hash='8c57bc8d64bf3ec4d5a278c1d74d79439512a939', operation='UPDATE', pgid='pgtrigger_inquiry_keeps_the_key_of_its_form_0eac8', table='inquiries_inquiry', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='inquiry',
            trigger=pgtrigger.compiler.Trigger(name='inquiry_erased_stays_as_it_is', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD."erased_at" IS NOT NULL)', func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;", hash='5e6191c78756274bb85328e47e765d646d837713', operation='UPDATE', pgid='pgtrigger_inquiry_erased_stays_as_it_is_1bb13', table='inquiries_inquiry', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='message',
            trigger=pgtrigger.compiler.Trigger(name='message_keeps_what_was_written', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD."inquiry_id" IS DISTINCT FROM (NEW."inquiry_id") OR OLD."kind" IS DISTINCT FROM (NEW."kind") OR OLD."author_id" IS DISTINCT FROM (NEW."author_id") OR OLD."role" IS DISTINCT FROM (NEW."role") OR OLD."written_at" IS DISTINCT FROM (NEW."written_at"))', func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;", hash='647106a4f2b8d4733e390fc8bbf6c6ba0f2edc63', operation='UPDATE', pgid='pgtrigger_message_keeps_what_was_written_b2bf5', table='inquiries_message', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='message',
            trigger=pgtrigger.compiler.Trigger(name='message_keeps_its_words', sql=pgtrigger.compiler.UpsertTriggerSql(condition="WHEN (ROW(OLD.text, OLD.submission_key) IS DISTINCT FROM ROW(NEW.text, NEW.submission_key) AND NOT (NEW.text IN ('', '[erased]') AND inquiries_is_erased(OLD.inquiry_id)))", func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;", hash='0b51b0f1125ec8aef0371ff2af142e7da49ecd82', operation='UPDATE', pgid='pgtrigger_message_keeps_its_words_2da4d', table='inquiries_message', when='BEFORE')),
        ),
        migrations.AddConstraint(
            model_name='access',
            constraint=models.CheckConstraint(condition=models.Q(('deed__in', ['opened', 'listed', 'searched', 'exported', 'copied', 'erased', 'held', 'refused'])), name='access_deed_is_known'),
        ),
        migrations.AddConstraint(
            model_name='inquiry',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('reply_by', 'email'), models.Q(('email', ''), _negated=True)), models.Q(('reply_by', 'phone'), models.Q(('phone', ''), _negated=True)), ('erased_at__isnull', False), _connector='OR'), name='inquiry_can_be_answered_the_way_asked'),
        ),
        migrations.AddConstraint(
            model_name='inquiry',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('closed_at__isnull', False), ('closed_by__isnull', False), ('outcome__in', ['answered', 'booked', 'referred', 'not_for_us', 'duplicate', 'no_reply', 'spam']), ('status', 'done')), models.Q(('closed_at__isnull', False), ('erased_at__isnull', False), ('status', 'done')), models.Q(models.Q(('status', 'done'), _negated=True), ('closed_at__isnull', True), ('closed_by__isnull', True), ('outcome', '')), _connector='OR'), name='inquiry_done_says_how_when_and_by_whom'),
        ),
        migrations.AddConstraint(
            model_name='inquiry',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('held_at__isnull', False), ('held_by__isnull', False), models.Q(('hold_reason', ''), _negated=True)), models.Q(('held_at__isnull', True), ('held_by__isnull', True), ('hold_reason', '')), _connector='OR'), name='inquiry_held_says_when_by_whom_and_why'),
        ),
        migrations.AddConstraint(
            model_name='inquiry',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('erased_at__isnull', True), ('erased_by__isnull', True)), models.Q(('contact_times', ''), ('email', ''), ('erased_at__isnull', False), ('held_at__isnull', True), ('likeness__isnull', True), ('message', '[erased]'), ('name', '[erased]'), ('phone', ''), ('status', 'done'), ('suspicions', []), ('voicemail_ok', False)), _connector='OR'), name='inquiry_erased_holds_nothing_of_the_person'),
        ),
        # On the way back the permissions stay: people may have them.
        migrations.RunPython(lambda apps, schema_editor: roles.introduce(*PERMISSIONS), migrations.RunPython.noop),
    ]
