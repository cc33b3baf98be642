"""The trigger that tells every web process that its finished pages are out of date."""

import pgtrigger


class NewEdition(pgtrigger.Trigger):
    """Gives the edition a new token in the same transaction as the change.

    A row, not a sequence: a sequence moves before the change is committed, and a web process could then keep old
    text under the new number. A random token, not a counter: after a backup is restored a counter would repeat.
    """

    name = "new_edition"
    when = pgtrigger.After
    level = pgtrigger.Statement
    operation = pgtrigger.Insert | pgtrigger.Update | pgtrigger.Delete | pgtrigger.Truncate
    func = """
        INSERT INTO pages_edition (id, token) VALUES (1, gen_random_uuid())
        ON CONFLICT (id) DO UPDATE SET token = EXCLUDED.token;
        RETURN NULL;
    """
