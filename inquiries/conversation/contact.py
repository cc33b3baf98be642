"""How to reach a patient, put right by staff."""

from django.core.exceptions import ValidationError
from django.core.validators import validate_email

from clinic.staff.models import StaffUser
from inquiries import notices
from inquiries.changes import Refused, change
from inquiries.conversation import links
from inquiries.conversation.replies import on_its_way
from inquiries.models import Inquiry
from inquiries.text import normalised


def correct_contact(
    inquiry_id: int, *, email: str, phone: str, reply_by: str, by: StaffUser, seen: int | None = None
) -> Inquiry:
    """Put right how to reach a person. Their link is replaced: whoever owns the old address must not read on.

    Raises Refused for an address that cannot be one, without the address or number that the reply needs, and while a
    message is on its way to another address.
    """
    email, phone = email.strip(), normalised(phone).strip()
    if email:
        try:
            validate_email(email)
        except ValidationError as error:
            raise Refused("Enter an email address in the correct format, like name@example.com.") from error
    if not (email if reply_by == "email" else phone):
        raise Refused("Enter what the reply needs: an email address or a phone number.")
    with change(inquiry_id, "correct_contact", by=by, seen=seen) as inquiry:
        if (inquiry.email, inquiry.phone, inquiry.reply_by) == (email, phone, reply_by):
            raise Refused("Nothing has changed.")
        if inquiry.email.lower() != email.lower():
            if on_its_way(inquiry):  # its email would be put aside, and nobody told of the message
                raise Refused("A message to this person leaves in a few seconds. Wait for it, or take it back.")
            notices.withdraw_to_patient(inquiry)
        if (inquiry.email.lower(), inquiry.phone) != (email.lower(), phone):
            links.replace(inquiry)
        inquiry.email, inquiry.phone, inquiry.reply_by = email, phone, reply_by
        inquiry.save(update_fields=["email", "phone", "reply_by"])
    return inquiry
