"""What follows the first question: staff answer, the patient reads it safely and writes back.

links.py            how a patient gets in: a link in an email, a code to the same address, a short session
replies.py          what staff send, the twenty seconds in which it can be taken back, and what follows when it has left
private_numbers.py  what looks like a card or a social security number, and should not be sent
arrivals.py         what the patient writes or asks for, and what that does to the inquiry
contact.py          how to reach the patient, put right by staff
views.py            the patient's page; entrance.py is the way in, talk.py what stands on it
"""
