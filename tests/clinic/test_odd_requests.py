"""A request that Django cannot make sense of is answered all the same, and no word of a patient's is lost."""

import io
from urllib.parse import urlencode

import pytest
from django.http import HttpResponse

from clinic.pages import loader
from tests.markup import read

pytestmark = pytest.mark.django_db

WORDS = "Könnte es mir helfen?"
ODD = [
    "multipart/form-data; boundary*=bogus''x",
    "application/x-www-form-urlencoded; charset*=no-such-code''utf-8",
    "text/plain; boundary*=a; boundary*1*=b",
]


def ask(method: str, path: str, content_type: str, body: bytes = b"") -> HttpResponse:
    """One request as the web server hands it over; the test client has a reading of requests of its own."""
    from clinic.wsgi import application  # here, because it asks the database for the practice's facts

    environ = {
        "REQUEST_METHOD": method,
        "PATH_INFO": path,
        "SERVER_NAME": "localhost",
        "SERVER_PORT": "80",
        "CONTENT_TYPE": content_type,
        "CONTENT_LENGTH": str(len(body)),
        "wsgi.url_scheme": "http",
        "wsgi.input": io.BytesIO(body),
    }
    # Not `application(…)`: it starts by closing connections, and the test's transaction would be gone.
    response = application.get_response(application.request_class(environ))
    assert isinstance(response, HttpResponse)
    return response


@pytest.mark.parametrize("content_type", ODD)
def test_a_page_opens_whatever_the_browser_says_about_a_body_it_does_not_send(content_type):
    loader.load()

    response = ask("GET", "/get-help-now/", content_type)

    assert response.status_code == 200


@pytest.mark.parametrize(
    "content_type, body",
    [
        (ODD[0], f'--x\r\nContent-Disposition: form-data; name="message"\r\n\r\n{WORDS}\r\n--x--\r\n'),
        (ODD[1], urlencode({"message": WORDS})),
        (ODD[2], WORDS),
    ],
)
def test_a_question_sent_with_an_unreadable_content_type_comes_back_in_the_form(content_type, body):
    response = ask("POST", "/contact/", content_type, body.encode())

    assert response.status_code == 403  # it came without the form's token
    assert read(response.content).one("textarea", name="message").text() == WORDS
