"""How a patient gets to their messages: a link, then a code sent to the address on file, then half an hour.

Neither the link's token nor the code is kept anywhere: both are derived with the site's secret key, the token when an
email leaves (outbox.py calls `fill_in`), the code when somebody types one. Whoever reads the database, a backup or the
outbox gets in nowhere.
"""

import base64
import hashlib
import secrets
import unicodedata
from datetime import datetime, timedelta

from django.conf import settings
from django.core.signing import BadSignature, Signer, TimestampSigner
from django.db import IntegrityError, transaction
from django.http import HttpRequest, HttpResponseBase
from django.urls import reverse
from django.utils import timezone
from django.utils.crypto import constant_time_compare, salted_hmac
from post_office.models import Email

from inquiries.models import Code, Inquiry, Link, Notice
from inquiries.models.link import LINK_LASTS, MOST_TRIES

# What stands in the outbox for what only the sent email says.
LINK_BLANK, CODE_BLANK = "[LINK TO THE MESSAGES]", "[CODE]"
# A mailbox must not be flooded. Ten codes of five tries each hour would be 36,000 guesses at one in a million before a
# link expires, so whoever guesses wrongly fifty times must wait for the next day.
MOST_CODES_AN_HOUR = 10
MOST_WRONG_A_DAY = 50
SESSION = timedelta(minutes=30)
# Not "messages": Django keeps what it tells staff after a change in a cookie of that name.
COOKIE = "__Host-reader" if settings.HTTPS else "reader"

_browser = TimestampSigner(salt="inquiries.messages.browser")
_code_address = Signer(salt="inquiries.messages.code")


class TooManyCodes(Exception):
    """This link was sent enough codes for now; `until` is when the next may be asked for."""

    def __init__(self, until: datetime) -> None:
        super().__init__("Too many codes")
        self.until = until


# --- The link ---------------------------------------------------------------------------------------------------------


def current(inquiry: Inquiry) -> Link:
    """The inquiry's link; a new one when there is none, or it has expired, or the site's key is another by now."""
    link = Link.objects.filter(inquiry=inquiry, replaced_at=None).first()
    if link is not None and link.works and _hash(_token(link.nonce)) == link.token_hash:
        return link
    replace(inquiry)
    nonce = secrets.token_hex(16)
    try:
        with transaction.atomic():
            return Link.objects.create(inquiry=inquiry, nonce=nonce, token_hash=_hash(_token(nonce)))
    except IntegrityError:  # another worker made one at the same moment
        return Link.objects.get(inquiry=inquiry, replaced_at=None)


def replace(inquiry: Inquiry) -> None:
    """Let the present link lead nowhere: contact details changed, and the old address must not get in any more."""
    Link.objects.filter(inquiry=inquiry, replaced_at=None).update(replaced_at=timezone.now())


def prolong(inquiry: Inquiry) -> None:
    """Thirty days from now: a message was written."""
    Link.objects.filter(inquiry=inquiry, replaced_at=None).update(expires_at=timezone.now() + LINK_LASTS)


def address(inquiry: Inquiry) -> str:
    """The address of the messages, as it stands in emails."""
    return settings.SITE_URL + reverse("conversation:messages", args=[_token(current(inquiry).nonce)])


def find(token: str) -> Link | None:
    """The link of this token, whether it still works or not."""
    return Link.objects.select_related("inquiry").filter(token_hash=_hash(token)).first()


def is_for_another(email: Email) -> bool:
    """True when the patient's address was corrected since: the link would go to whoever owns the old one."""
    notice = _notice_of(email)
    return notice is not None and [to.lower() for to in email.to] != [notice.inquiry.email.lower()]


def fill_in(email: Email) -> None:
    """Put the link or the code into an email that is about to leave. The row in the outbox stays as it is."""
    notice = _notice_of(email)
    if notice is None:
        return
    blanks = {LINK_BLANK: address(notice.inquiry)} if LINK_BLANK in email.message else {}
    if notice.code:
        blanks[CODE_BLANK] = digits(notice.code)
    for blank, value in blanks.items():
        email.message = email.message.replace(blank, value)
        email.html_message = email.html_message.replace(blank, value)


def _notice_of(email: Email) -> Notice | None:
    """What ties an email to a patient to their inquiry; None for an email to staff."""
    to_patient = Notice.objects.filter(email=email, kind__in=Notice.TO_PATIENT)
    return to_patient.select_related("inquiry", "code").first()


def _token(nonce: str) -> str:
    digest = salted_hmac("inquiries.link", nonce, algorithm="sha256").digest()
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()


# --- The code ---------------------------------------------------------------------------------------------------------


def new_code(link: Link) -> Code:
    """A code for the browser that asks. Raises TooManyCodes. Whoever calls this sends it (notices.promise_code)."""
    hour = timezone.now() - timedelta(hours=1)
    # Locked: many requests at once would each count the same few codes.
    Link.objects.select_for_update().get(pk=link.pk)
    lately = list(link.codes.filter(made_at__gt=hour).order_by("made_at").values_list("made_at", flat=True))
    if len(lately) >= MOST_CODES_AN_HOUR:
        raise TooManyCodes(lately[-MOST_CODES_AN_HOUR] + timedelta(hours=1))
    wrong = link.codes.filter(made_at__gt=timezone.now() - timedelta(days=1), wrong_tries__gt=0).order_by("-made_at")
    guesses = 0
    for made_at, tries in wrong.values_list("made_at", "wrong_tries"):
        guesses += tries
        if guesses >= MOST_WRONG_A_DAY:
            raise TooManyCodes(made_at + timedelta(days=1))
    return Code.objects.create(link=link, nonce=secrets.token_hex(16))


def digits(code: Code) -> str:
    """The six digits of a code."""
    digest = salted_hmac("inquiries.code", f"{code.pk}.{code.nonce}", algorithm="sha256").digest()
    return f"{int.from_bytes(digest[:8], 'big') % 1_000_000:06}"


def sign_code(code: Code) -> str:
    """What the page that asks for the code is called: it ties the typed digits to the browser that asked for them."""
    return _code_address.sign(str(code.pk))


def find_code(link: Link, signed: str) -> Code | None:
    """The code that this page asks for; None for another link's, or for an address that we did not make."""
    try:
        return link.codes.filter(pk=_code_address.unsign(signed)).first()
    except BadSignature:
        return None


@transaction.atomic
def try_code(code: Code, typed: str) -> bool:
    """True for the right digits, once, in time, and before the fifth wrong ones. Spaces and dashes do not count."""
    code = Code.objects.select_for_update().get(pk=code.pk)
    if not is_alive(code):
        return False
    # Some keyboards write other signs for the same digits.
    figures = "".join(str(unicodedata.decimal(character)) for character in typed if character.isdecimal())
    if constant_time_compare(figures, digits(code)):
        code.used_at = timezone.now()
        code.save(update_fields=["used_at"])
        return True
    code.wrong_tries += 1
    code.save(update_fields=["wrong_tries"])
    return False


def is_alive(code: Code) -> bool:
    """True while a code can still be typed."""
    return code.used_at is None and code.wrong_tries < MOST_TRIES and code.expires_at > timezone.now()


# --- The browser ------------------------------------------------------------------------------------------------------


def let_in(response: HttpResponseBase, link: Link) -> None:
    """Let this browser read for half an hour from now."""
    response.set_cookie(
        COOKIE, _browser.sign(str(link.pk)), max_age=SESSION, secure=settings.HTTPS, httponly=True, samesite="Lax"
    )


def is_let_in(request: HttpRequest, link: Link) -> bool:
    """True when this browser typed the link's code within the last half an hour, or was let in again since."""
    try:
        return _browser.unsign(request.COOKIES.get(COOKIE, ""), max_age=SESSION) == str(link.pk)
    except BadSignature:
        return False


def leave(response: HttpResponseBase) -> None:
    """Forget that this browser may read."""
    response.delete_cookie(COOKIE, samesite="Lax")
