"""One question, from form to reply. The reading order:

1. urls.py        where the request lands
2. views.py       request in, page out
3. forms.py       what we ask, and how we say it is wrong
4. services.py    every change: submit, claim, release, wait, close, reopen
5. models/        what is always true of a question, held by the database
6. screening/     what makes a message urgent, as rules
7. notices.py     the words of every email; no personal data
8. admin/         the triage desk
"""
