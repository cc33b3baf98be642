"""What browsers are told with every page."""

import pytest
from django.urls import reverse

pytestmark = pytest.mark.django_db


def directives(response) -> dict[str, str]:
    """The Content-Security-Policy, taken apart."""
    parts = (part.strip().partition(" ") for part in response.headers["Content-Security-Policy"].split(";"))
    return {name: value for name, _, value in parts}


@pytest.mark.parametrize("address", ["/contact/", "/no-such-page/", "/healthz"])
def test_a_public_page_allows_no_inline_code_and_no_other_host(client, address):
    policy = directives(client.get(address))

    assert policy["default-src"] == "'none'"
    assert policy["script-src"] == policy["style-src"] == policy["img-src"] == "'self'"
    assert "unsafe" not in str(policy)


def test_the_desk_allows_no_inline_script_and_no_other_host(desk):
    policy = directives(desk.get(reverse("admin:index")))

    assert "unsafe-inline" not in policy["script-src"]
    assert not any("http" in value or "*" in value for value in policy.values())


def test_the_sign_in_page_has_the_desks_policy(client):
    assert "'unsafe-eval'" in directives(client.get(reverse("admin:login")))["script-src"]


@pytest.mark.parametrize(
    "name, value",
    [
        ("X-Content-Type-Options", "nosniff"),
        ("X-Frame-Options", "DENY"),
        ("Referrer-Policy", "strict-origin-when-cross-origin"),
        ("Cross-Origin-Opener-Policy", "same-origin"),
        ("Cross-Origin-Resource-Policy", "same-origin"),
        ("X-Permitted-Cross-Domain-Policies", "none"),
    ],
)
def test_every_answer_carries_the_headers_owasp_asks_for(client, name, value):
    assert client.get("/contact/").headers[name] == value


def test_the_camera_the_microphone_and_the_place_are_switched_off(client):
    policy = client.get("/contact/").headers["Permissions-Policy"]

    assert {"camera=()", "microphone=()", "geolocation=()"} <= set(policy.split(", "))


def test_a_desk_page_is_not_kept_by_the_browser(desk):
    assert desk.get(reverse("admin:index")).headers["Cache-Control"] == "no-store"
