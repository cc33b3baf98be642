"""The form: what it asks, what it says when something is wrong, and that it never loses a word."""

import unicodedata
import uuid

import pytest

from inquiries.forms import InquiryForm
from inquiries.models import Inquiry
from tests import factories, markup

pytestmark = pytest.mark.django_db

CONTACT = "/contact/"
TRAP = "remarks"  # filled in by machines only
# Each hint, legend and label is text that a screen reader says; these are the fields people see.
SHOWN = [name for name, field in InquiryForm().fields.items() if not field.widget.is_hidden and name != TRAP]
# Something in every field, and nothing that may be sent: no topic was chosen.
TYPED = {
    "writing_for": "someone_else",
    "message": "\n  First line <b>&amp;\r\nsecond “line” 👩🏽‍👧🏽 \\n {{ x }}\n\n",
    "name": "  Siobhán O'Brien ",
    "reply_by": "phone",
    "email": "not an address",
    "phone": '+44 (0)20 7946 0958 "x"',
    "voicemail_ok": "no",
    "contact_times": "after <4 pm>",
    "language": "es",
}


def sent(client, **changes) -> markup.Element:
    """The page that answers a form which cannot be taken as it is."""
    response = client.post(CONTACT, factories.posted(**changes))
    assert response.status_code == 200
    return markup.read(response.content)


def error_of(page: markup.Element, field: str) -> str:
    return page.one(id=f"id_{field}_error").words()


# --- What is wrong, said so that it can be put right -----------------------------------------------------------------


@pytest.mark.parametrize(
    "changes, field, words",
    [
        ({"topic": ""}, "topic", "Select what your question is about"),
        ({"topic": "gossip"}, "topic", "Select what your question is about"),
        ({"writing_for": ""}, "writing_for", "Select who you are asking for"),
        ({"writing_for": "a cat"}, "writing_for", "Select who you are asking for"),
        ({"message": ""}, "message", "Write your question"),
        ({"message": " \t\r\n\u00a0\u2003"}, "message", "Write your question"),
        (
            {"message": "a" * 5_001},
            "message",
            "Your question is 5,001 characters. Shorten it by 1 to 5,000 or fewer",
        ),
        (
            {"message": "é\r\n" * 3_000},
            "message",
            "Your question is 6,000 characters. Shorten it by 1,000 to 5,000 or fewer",
        ),
        ({"name": ""}, "name", "Enter the name you would like us to use"),
        ({"name": "   "}, "name", "Enter the name you would like us to use"),
        ({"name": "x" * 201}, "name", "Your name must be 200 characters or fewer"),
        ({"reply_by": ""}, "reply_by", "Select how we should reply"),
        ({"reply_by": "pigeon"}, "reply_by", "Select how we should reply"),
        ({"email": ""}, "email", "Enter your email address, so that we can reply"),
        ({"email": "ada@"}, "email", "Enter an email address in the correct format, like name@example.com"),
        ({"reply_by": "phone"}, "phone", "Enter your phone number, so that we can call you"),
        (
            {"reply_by": "phone", "phone": "call me"},
            "phone",
            "Enter a phone number with its area code, like (212) 555-0123",
        ),
        (
            {"reply_by": "phone", "phone": "555"},
            "phone",
            "Enter a phone number with its area code, like (212) 555-0123",
        ),
        (
            {"reply_by": "phone", "phone": "2" * 30},
            "phone",
            "Enter a phone number with its area code, like (212) 555-0123",
        ),
        ({"phone": "1 " * 60}, "phone", "Your phone number must be 100 characters or fewer"),
        ({"voicemail_ok": "maybe"}, "voicemail_ok", "Select yes if we may leave a voicemail"),
        ({"contact_times": "x" * 301}, "contact_times", "Good times to reach you must be 300 characters or fewer"),
        ({"language": "tlh"}, "language", "Select a language"),
    ],
)
def test_an_error_says_what_to_do_at_its_field_and_in_the_summary(client, changes, field, words):
    page = sent(client, **changes)

    assert error_of(page, field) == f"Error: {words}"
    (link,) = page.one(id="error-summary").all("a")
    assert link.words() == words
    target = page.one(id=link.attributes["href"].removeprefix("#"))
    assert (target.tag in ("input", "textarea"), target.attributes["name"]) == (True, field)
    assert not Inquiry.objects.exists()


def test_an_empty_form_gets_every_error_at_once_in_the_order_of_the_fields(client):
    page = markup.read(client.post(CONTACT, {}).content)

    links = [link.attributes["href"] for link in page.one(id="error-summary").all("a")]
    assert links == ["#id_topic_0", "#id_writing_for_0", "#id_message", "#id_name", "#id_reply_by_0"]


def test_a_page_with_errors_says_so_first_in_its_title_and_a_page_without_does_not(client):
    fresh = markup.read(client.get(CONTACT).content)
    wrong = sent(client, topic="")

    assert wrong.one("title").words().startswith("Error: ")
    assert not fresh.one("title").words().startswith("Error")
    assert not fresh.all(id="error-summary")


def test_the_error_summary_takes_the_focus_without_a_script(client):
    summary = sent(client, topic="").one(id="error-summary")

    assert {"autofocus", "tabindex"} <= set(summary.attributes)
    assert summary.attributes["role"] == "alert"


@pytest.mark.parametrize("wrong", [False, True])
def test_every_hint_and_every_error_is_tied_to_its_field(client, wrong):
    data = dict.fromkeys(SHOWN, "?" * 6_000)
    page = markup.read((client.post(CONTACT, data) if wrong else client.get(CONTACT)).content)

    for name in SHOWN:
        field = page.one(id=f"div_id_{name}")
        control = (field.all("fieldset") or field.all("textarea") or field.all("input"))[0]
        ends = [end for end in ("helptext", "error") if page.all(id=f"id_{name}_{end}")]
        assert control.attributes.get("aria-describedby", "").split() == [f"id_{name}_{end}" for end in ends]
        assert ("error" in ends) is wrong, name
        assert (control.attributes.get("aria-invalid") == "true") is (wrong and control.tag != "fieldset")


def test_every_field_has_a_label_and_every_group_a_legend(client):
    page = markup.read(client.get(CONTACT).content)

    controls = page.one("main").all("input") + page.one("main").all("textarea")
    asked = [control for control in controls if control.attributes.get("type") not in ("hidden", "submit")]
    assert {control.attributes["name"] for control in asked} == {*SHOWN, TRAP}
    for control in asked:
        assert page.one("label", **{"for": control.attributes["id"]}).words()
    for group in page.one("main").all("fieldset"):
        assert group.all("legend")[0].words()


# --- Nothing is lost -------------------------------------------------------------------------------------------------


def test_everything_typed_is_still_there_after_an_error(client):
    response = client.post(CONTACT, {**TYPED, "submission_key": str(uuid.uuid4())})

    kept = markup.filled(markup.read(response.content))
    assert {field: kept[field].replace("\r\n", "\n") for field in TYPED} == {
        field: text.replace("\r\n", "\n") for field, text in TYPED.items()
    }


def test_correcting_the_error_and_sending_again_is_enough(client):
    first = markup.filled(sent(client, topic=""))

    response = client.post(CONTACT, {**first, "topic": "billing"})

    assert response.status_code == 303
    assert Inquiry.objects.get().message == factories.posted()["message"]


def test_the_browser_never_cuts_a_pasted_text_off(client):
    html = client.get(CONTACT).content.decode()

    assert "maxlength" not in html


def test_a_text_of_9000_code_points_that_composes_to_4500_is_taken(client):
    text = unicodedata.normalize("NFD", "é" * 4_500)
    assert len(text) == 9_000

    client.post(CONTACT, factories.posted(message=text))

    assert Inquiry.objects.get().message == "é" * 4_500


def test_a_text_that_grows_when_it_is_composed_is_taken(client):
    text = "\u0958" * 5_000  # NFC writes this letter as two
    assert len(unicodedata.normalize("NFC", text)) == 10_000

    client.post(CONTACT, factories.posted(message=text))

    assert Inquiry.objects.get().message == unicodedata.normalize("NFC", text)


def test_windows_line_ends_count_as_one_character_each(client):
    response = client.post(CONTACT, factories.posted(message="a\r\n" * 2_500))

    assert response.status_code == 303


def test_a_character_that_no_database_can_hold_is_dropped_and_the_rest_kept(client):
    client.post(CONTACT, factories.posted(message="before\x00after"))

    assert Inquiry.objects.get().message == "beforeafter"


@pytest.mark.parametrize("answer", [None, "", "no"])
def test_without_a_clear_yes_no_voicemail_is_left(client, answer):
    data = factories.posted(reply_by="phone", phone="(212) 555-0123")

    client.post(CONTACT, {**data, **({} if answer is None else {"voicemail_ok": answer})})

    assert Inquiry.objects.get().voicemail_ok is False


def test_a_clear_yes_allows_a_voicemail(client):
    client.post(CONTACT, factories.posted(reply_by="phone", phone="(212) 555-0123", voicemail_ok="yes"))

    assert Inquiry.objects.get().voicemail_ok is True


@pytest.mark.parametrize("key", [None, "", "42", "not-a-uuid", "{}", "\x00"])
def test_a_form_without_a_usable_key_still_counts(client, key):
    data = factories.posted(submission_key=key)
    if key is None:
        del data["submission_key"]

    response = client.post(CONTACT, data)

    assert response.status_code == 303
    assert Inquiry.objects.count() == 1


def test_two_forms_without_a_key_are_two_inquiries(client):
    for _ in range(2):
        client.post(CONTACT, factories.posted(submission_key=""))

    assert Inquiry.objects.count() == 2


def test_a_form_without_the_language_is_answered_in_english(client):
    data = factories.posted()
    del data["language"]

    client.post(CONTACT, data)

    assert Inquiry.objects.get().language == "en"
