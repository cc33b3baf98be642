"""One question, from form to reply. The reading order:

1. urls.py        where the request lands
2. views.py       request in, page out; reading.py: the request's body, so that no character is lost
3. forms.py       what we ask, and how we say it is wrong
4. services.py    every change: claim, release, wait, close, reopen; intake.py: submit, the patient's own
5. models/        what is always true of a question, held by the database
6. screening/     what makes a message urgent, as rules
7. spam.py        what makes it suspect: quarantine, never refusal
8. notices.py     the words of every email; no personal data
9. admin/         the triage desk
"""
