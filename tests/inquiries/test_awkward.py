"""Sixty and more awkward but legal inquiries, from the form to the row and on to the desk, byte for byte.

What may change on the way is in inquiries/text.py and nothing else: line ends and Unicode's composed form (NFC).
"""

import unicodedata

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse

from tests import factories, markup

pytestmark = pytest.mark.django_db

FIELDS = ["message", "name", "email", "phone", "contact_times"]

# Letters that a reader cannot see, or cannot tell apart, are written as escapes.
ZWJ, ZWNJ, LRM, RLM, NBSP = "\u200d", "\u200c", "\u200e", "\u200f", "\u00a0"
FAMILY = f"👩🏽{ZWJ}👩🏽{ZWJ}👧🏽{ZWJ}👦🏽"

AWKWARD: dict[str, dict[str, str]] = {
    # --- names
    "an apostrophe": {"name": "Siobhán O'Brien"},
    "a typographic apostrophe": {"name": "D’Angelo Okoro"},
    "one letter": {"name": "X"},
    "a hyphen and particles": {"name": "Anne-Marie van der Berg-Núñez y Ibáñez"},
    "a comma and a title": {"name": "Ada Example, Ph.D., R.N."},
    "Arabic": {"name": "فاطمة الزهراء", "message": "هل يمكن أن يساعدني هذا العلاج على الاكتئاب؟"},
    "Hebrew and English mixed": {"name": "שרה Levi", "message": "שלום, my question is about טיפול 2 times"},
    "Thai without spaces": {"name": "สมหญิง ใจดี", "message": "การรักษานี้ช่วยเรื่องภาวะซึมเศร้าได้หรือไม่"},
    "Chinese": {"name": "王小明", "message": "请问这种治疗对抑郁症有帮助吗？"},
    "Japanese with half-width kana": {"name": "ﾔﾏﾀﾞ 花子", "message": "治療について教えてください。"},
    "Korean typed in parts": {"name": unicodedata.normalize("NFD", "김민준")},
    "Hindi with a joiner": {"name": f"क्{ZWJ}ष श्रीमती", "message": "क्या इससे मदद मिलेगी?"},
    "Persian with a non-joiner": {"name": "مهتاب", "message": f"می{ZWNJ}خواهم بدانم"},
    "Vietnamese in composed letters": {"name": "Nguyễn Thị Hồng"},
    "Vietnamese in separate accents": {"name": unicodedata.normalize("NFD", "Nguyễn Thị Hồng")},
    "two accents on one letter": {"name": "Zo\u0323\u0302e", "message": "q\u0307\u0323 and q\u0323\u0307"},
    "a ligature that stays": {"name": "Stefan ﬁscher", "message": "ℌ ① ½ ™ stay as they are"},
    "an Angstrom sign": {"name": "\u212bsa \u2126"},
    "a Turkish dotless i": {"name": "Işıl Çağrı İnce"},
    "a German sharp s": {"name": "ẞtraße Groß"},
    "Cherokee": {"name": "ᏣᎳᎩ", "message": "ᎣᏏᏲ"},
    "letters outside the first plane": {"name": "𝒜𝒹𝒶 𐍈 𠜎"},
    "a name that is an emoji": {"name": "🦋"},
    "200 letters": {"name": "é" * 200},
    "spaces around the name": {"name": "  Ada  Example  "},
    "null": {"name": "null", "message": "null"},
    "undefined": {"name": "undefined", "message": "undefined"},
    "None and NaN": {"name": "None", "message": "NaN", "contact_times": "None"},
    "true and 0": {"name": "True", "message": "0"},
    # --- emoji and marks
    "a family joined by zero-width joiners": {"message": f"We are {FAMILY} and we worry"},
    "flags and skin tones": {"message": "🇺🇸🏴󠁧󠁢󠁳󠁣󠁴󠁿👍🏿✌🏻❤️‍🩹 1️⃣"},
    "text and emoji variants of a heart": {"message": "❤\ufe0e is not ❤\ufe0f"},
    "right-to-left marks": {"message": f"{RLM}שאלה{LRM} (2){RLM}!"},
    "an embedding that is left open": {"message": "before \u202etxet desrever and after"},
    "isolates": {"message": "\u2068שם\u2069 wrote \u2066this\u2069"},
    "a soft hyphen and a word joiner": {"message": "de\u00adpression no\u2060break zero\u200bwidth"},
    "a byte order mark inside": {"message": "before\ufeffafter"},
    "marks piled up": {"message": "p" + "\u0301\u0316\u0334" * 30 + " is how it feels"},
    "a mark with nothing to stand on": {"message": "\u0301 starts with an accent"},
    "a private character": {"message": "\ue000 and \U000f0000"},
    # --- quotes and code
    "quotes of every kind": {"message": "\"double\" 'single' “curly” ‘so’ «so» „so“ `tick` ´"},
    "a lone quote": {"name": '"', "message": "'"},
    "less than three": {"message": "I <3 your clinic & <3 > 2"},
    "markup": {"message": "<b>bold</b><script>alert(1)</script><!-- a --> </textarea></div>"},
    "an image that would run": {"name": "<img src=x onerror=alert(1)>", "contact_times": "</dd><h1>any</h1>"},
    "entities": {"message": "&lt; &amp;amp; &#39; &nbsp; &notanentity"},
    "SQL": {"name": "Robert'); DROP TABLE inquiries_inquiry;--", "message": "'; DROP TABLE inquiries_inquiry; --"},
    "a spreadsheet formula": {"name": "=SUM(1)", "message": '=HYPERLINK("x","y")', "contact_times": "+1-2@A1"},
    "a Django template": {"name": "{{ 7*7 }}", "message": "{% include 'x' %}{{ practice.phone }}{# a #}"},
    "percent signs": {"name": "%s", "message": "100% %s %(name)s %d %%", "contact_times": "%"},
    "braces and dollars": {"message": "${jndi} $1 {0} {name} #{x} $(id) `id`"},
    "backslashes": {"name": "back\\slash\\", "message": "C:\\new\\table \\n \\r\\n \\x00 \\' \\u0041"},
    "an address line that would add a header": {"name": "Ada\r\nBcc: all@example.org", "message": "a\r\nTo: b"},
    "a path": {"message": "../../etc/passwd %2e%2e%2f file:///"},
    "JSON": {"message": '{"a": [1, null, "\\u00e9"], "b": {}}'},
    "a link and an address": {"message": "https://example.org/?a=1&b=2#c or mailto:me@example.org"},
    "an ampersand and plus signs": {"message": "a=b&c=d+e%20f; g", "contact_times": "a+b&c=d"},
    # --- white space and length
    "Windows line ends": {"message": "one\r\ntwo\r\n\r\nthree\r\n"},
    "old Mac line ends": {"message": "one\rtwo\r\rthree"},
    "every line end in one text": {"message": "a\r\nb\rc\nd\n\re"},
    "Unicode's own line ends": {"message": "a\u2028b\u2029c\u0085d\u000be\u000cf"},
    "blank lines at both ends": {"message": "\n\n\nThe question\n\n\n"},
    "spaces at both ends": {"message": "   padded   "},
    "tabs": {"message": "\tone\ttwo\t"},
    "spaces of other widths": {"message": f"a{NBSP}b\u2003c\u3000d\u202fe"},
    "many spaces in a row": {"message": "a" + " " * 500 + "b"},
    "5,000 characters": {"message": "Ünïcödé 🦋 " * 500},
    "5,000 emoji": {"message": "😔" * 5_000},
    "5,000 characters with Windows line ends": {"message": "word\r\n" * 1_000},
    "one word of 5,000 letters": {"message": "a" * 5_000},
    "one character": {"message": "?"},
    "control characters": {"message": "bell\x07 escape\x1b[31m delete\x7f"},
    # --- ways to reach the person
    "a long address with plus signs": {"email": "a" * 30 + "+clinic+botox.mood_2026@sub.very-long-name.example.org"},
    "an address of 64 letters before the at": {"email": "x" * 64 + "@example.org"},
    "capitals in the address": {"email": "Ada.EXAMPLE@Example.ORG"},
    "odd but legal signs in an address": {"email": "o'neil!#$%&*/=?^_`{|}~-x@example.org"},
    "an address with a national domain": {"email": "ada@bücher.example"},
    "a US number": {"reply_by": "phone", "phone": "(212) 555-0123"},
    "a US number with dots and an extension": {"reply_by": "phone", "phone": "212.555.0123 ext. 45"},
    "a US number with a plus": {"reply_by": "phone", "phone": "+1 (212) 555-0187"},
    "a British number": {"reply_by": "phone", "phone": "+44 (0)20 7946 0958"},
    "a French number": {"reply_by": "phone", "phone": "01 99 00 12 34"},
    "a German number": {"reply_by": "phone", "phone": "+49 (0) 30 / 23125-000"},
    "a Brazilian number": {"reply_by": "phone", "phone": "+55 (11) 95550-0123"},
    "an Indian number": {"reply_by": "phone", "phone": "+91-98765 43210"},
    "a number in Arabic digits": {"reply_by": "phone", "phone": "٠٢١٢٥٥٥٠١٢٣"},
    "a number with a note": {"reply_by": "phone", "phone": "212-555-0123 (ask for O'Hara, please)"},
    "times in words": {"contact_times": "après 18 h — jamais le mardi 🙏"},
    "times of 300 letters": {"contact_times": "ü" * 300},
}


def expected(typed: str) -> str:
    """The documented change, said again in other words: one kind of line end, then NFC."""
    one_line_end = "\n".join("\n".join(typed.split("\r\n")).split("\r"))
    return unicodedata.normalize("NFC", one_line_end)


def ask(case: str) -> dict[str, str]:
    """Fill in the form that the site shows, in a browser of its own, and send it; what was typed."""
    patient = Client(enforce_csrf_checks=True)
    address = reverse("inquiries:contact")
    form = markup.filled(markup.read(patient.get(address).content))
    hidden = {name: form[name] for name in ("csrfmiddlewaretoken", "submission_key", "stamp", "remarks")}
    typed = {**factories.posted(), **hidden, **AWKWARD[case]}
    assert set(typed) - {"voicemail_ok"} == set(form) | {"topic", "writing_for", "reply_by"}
    response = patient.post(address, typed)
    assert response.status_code == 303, markup.read(response.content).one(id="error-summary").words()
    return typed


def row() -> dict[str, bytes]:
    """The only row's texts as PostgreSQL holds them, in UTF-8."""
    columns = ", ".join(f"convert_to({field}, 'UTF8')" for field in FIELDS)
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {columns} FROM inquiries_inquiry")  # noqa: S608 - the names stand above
        (found,) = cursor.fetchall()
    return {field: bytes(value) for field, value in zip(FIELDS, found, strict=True)}


def test_there_are_at_least_sixty_of_them():
    assert len(AWKWARD) >= 60


@pytest.mark.parametrize("case", AWKWARD)
def test_an_awkward_inquiry_is_kept_byte_for_byte(case):
    typed = ask(case)

    kept = row()

    assert kept == {field: expected(typed[field]).encode() for field in FIELDS}


@pytest.mark.parametrize("case", AWKWARD)
def test_an_awkward_inquiry_reads_on_the_desk_as_it_was_typed(desk, case):
    typed = {field: expected(text) for field, text in ask(case).items()}
    with connection.cursor() as cursor:
        cursor.execute("SELECT id FROM inquiries_inquiry")
        (key,) = cursor.fetchone()

    response = desk.get(reverse("admin:inquiries_inquiry_change", args=[key]))

    page = markup.read(response.content)
    assert page.one(class_="desk-message").text(without="desk-mark-label") == typed["message"]
    assert page.one("h2", id="desk-title").one("bdi").text() == typed["name"]
    facts = [fact.text() for fact in page.one("dl", class_="desk-facts").all("dd")]
    for field in ("email", "phone", "contact_times"):
        assert not typed[field] or any(fact.startswith(typed[field]) for fact in facts)
