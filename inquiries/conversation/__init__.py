"""What follows the first question: staff answer, the patient reads it safely and writes back.

links.py     how a patient gets in: a link in an email, a code to the same address, a short session
replies.py   what staff send, the twenty seconds in which it can be taken back, and what happens when it has left
arrivals.py  what the patient writes or asks for, and what that does to the inquiry
views.py     the patient's page
"""
