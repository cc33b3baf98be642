"""What can happen to an inquiry, in the desk's words: short in a list, as a sentence on the timeline."""

from typing import NamedTuple


class Words(NamedTuple):
    """Both ways to say it."""

    short: str
    """How long ago it was comes after it."""
    sentence: str
    """With places for who did it, and for what the change set: timeline.py fills them."""


# By the name under which changes.py records it. The message that began it, and what staff write down, are events, too.
EVENTS = {
    "received": Words("Received", "The message"),
    "accept": Words("Moved to the desk", "{who} moved it to the desk: it is not spam"),
    "acknowledge": Words("Acknowledged", "{who} is dealing with this: nobody is paged about it any more"),
    "ask_to_close": Words("Asked to be closed", "{who} asks to close it ({closing}): a second person has to confirm"),
    "asked_copy": Words("Asks for a copy", "The patient asks for a copy of what we keep"),
    "asked_deletion": Words("Asks for deletion", "The patient asks us to delete what we keep"),
    "asked_no_answer": Words("Needs no answer", "The patient says that no answer is needed any more"),
    "assign": Words("Assigned", "{who} gave it to {owner}"),
    "call": Words("Call logged", "{who} logged a call"),
    "claim": Words("Claimed", "{who} claimed it"),
    "close": Words("Closed", "{who} closed it: {outcome}"),
    "close_alone": Words("Closed", "{who} closed it alone, because nobody else could confirm: {outcome}"),
    "confirm_close": Words("Closing confirmed", "{who} confirmed the closing: {outcome}"),
    "correct_contact": Words(
        "Contact details changed", "{who} corrected how to reach the person: the old link leads nowhere"
    ),
    "decline_close": Words("Closing declined", "{who} did not confirm the closing: it stays open"),
    "erase": Words("Erased", "{who} erased everything about the person"),
    "expire": Words("Erased", "Everything about the person was erased, because its time was over"),
    "give_back": Words("Returned to everybody", "It went back to everybody, because its owner is away"),
    "hold": Words("Legal hold set", "{who} set a legal hold: nothing of it may be erased"),
    "lift_hold": Words("Legal hold lifted", "{who} lifted the legal hold"),
    "not_delivered": Words(
        "Email did not arrive", "An email to the patient did not arrive: call, or correct the address"
    ),
    "note": Words("Note written", "{who} wrote a note"),
    "patient_wrote": Words("Patient wrote", "The patient wrote"),
    "release": Words("Released", "{who} released it to everybody"),
    "reopen": Words("Reopened", "{who} reopened it"),
    "reply": Words("Reply written", "{who} wrote to the patient"),
    "reply_left": Words("Reply sent", "The message to the patient left"),
    "resume": Words("Back from waiting", "The day it waited for has come: it is open again"),
    "send_again": Words("Sent again", "{who} sent the email about the message again"),
    "take_back": Words("Reply taken back", "{who} took the message back: it was not sent"),
    "undo": Words("Change undone", "{who} took the change before back: it is now “{status}”"),
    "wait": Words("Set to wait", "{who} set it aside until {until}"),
}
OTHERWISE = Words("Changed", "{who} changed it: it is now “{status}”")


def words(name: str) -> Words:
    """Those of an event; a change that was not made by the desk, or by another release of it, has no name here."""
    return EVENTS.get(name, OTHERWISE)
