"""One question, from form to reply. The reading order:

1. urls.py        where the request lands
2. views.py       request in, page out; reading.py: the request's body, so that no character is lost
3. forms.py       what we ask, and how we say it is wrong
4. services.py    every change; its parts: changes.py (locked, compared, recorded), intake.py (submit, the patient's
                  own), entries.py (notes, calls, drafts), closing.py (an urgent one takes two people)
5. models/        what is always true of a question, held by the database; querysets.py: what we ask about questions
6. screening/     what makes a message urgent, as rules
7. spam.py        what makes it suspect: quarantine, never refusal
8. notices.py     the words of every email, no personal data; outbox.py sends them, paging.py repeats a crisis page
9. admin/         the triage desk: triage.py (the list), inquiry_page.py (one inquiry), acting.py (changing it),
                  composer.py (answering it)

What the desk needs beside it, each in a file of its own:

- who takes what next: queue.py; the same for many at once: bulk.py; what the next shift must know: shift.py
- what stands around one inquiry: timeline.py (what happened) with the words of events.py, relations.py (which others),
  highlight.py (why raised), delivery.py (what has become of an answer), looks.py (who has it in front of them)
- finding and counting: search.py and search_terms.py, figures.py and charts.py, alarms.py
- prepared answers: answers.py; a list as a file: export.py; one inquiry for another system: fhir/
- who looked at what: access.py. Nothing that a patient wrote is shown before it has written that down.
"""
