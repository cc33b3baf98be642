"""Who may do what: every address of the admin, tried by a stranger, by each role and by a superuser."""

import pytest

from inquiries import bulk
from inquiries.admin.actions import ACTIONS as INQUIRY_ACTIONS
from inquiries.admin.composer import DEEDS as MESSAGE_DEEDS
from inquiries.admin.rights_page import DEEDS as RIGHTS
from tests.admin_walk import (
    PEOPLE,
    STRANGER,
    Sample,
    addresses,
    ask_in_vain,
    is_let_in,
    leads_to_sign_in,
    make_samples,
    sign_in,
    somebody,
)

pytestmark = pytest.mark.django_db

# --- The table: for each address, who may GET it and who may POST to it ----------------------------------------------

BOSS = {"superuser"}
DESK = {"Front desk", "Clinician", "Manager"} | BOSS
CHIEFS = {"Clinician", "Manager"} | BOSS
MANAGER = {"Manager"} | BOSS
EDITOR = {"Content editor"} | BOSS
ANSWERERS = CHIEFS | EDITOR  # who write prepared answers
READERS = CHIEFS | EDITOR  # of pages
LIST = DESK | {"Auditor"}
AUDITOR = {"Auditor"} | BOSS
EVERYBODY = LIST | EDITOR | {"no role"}
NOBODY: set[str] = set()

Row = tuple[set[str], set[str]]


def of_model(at: str, see: set[str], add: set[str], change: set[str], delete: set[str]) -> dict[str, Row]:
    """The addresses that Django's admin makes for each model."""
    return {
        f"{at}/": (see, see),
        f"{at}/add/": (add, add),
        f"{at}/<object_id>/change/": (see, change),
        f"{at}/<object_id>/delete/": (delete, delete),
        f"{at}/<object_id>/history/": (see, see),
        f"{at}/<object_id>/": (EVERYBODY, EVERYBODY),  # leads to "change", which asks
    }


TABLE: dict[str, Row] = {
    "": (EVERYBODY, EVERYBODY),
    "search/": (EVERYBODY, EVERYBODY),  # finds the menu's entries
    "login/": (EVERYBODY, EVERYBODY),
    "logout/": (NOBODY, EVERYBODY),
    "password_change/": (EVERYBODY, EVERYBODY),
    "password_change/done/": (EVERYBODY, NOBODY),
    "jsi18n/": (EVERYBODY, NOBODY),
    "r/<content_type_id>/<object_id>/": (EVERYBODY, EVERYBODY),  # leads to the public page
    "components/": (EVERYBODY, NOBODY),
    "autocomplete/": (NOBODY, NOBODY),  # no field of ours asks for it
    "<url>": (NOBODY, NOBODY),
    "auth/": (BOSS, BOSS),
    "staff/": (MANAGER, MANAGER),
    "practice/": (MANAGER, MANAGER),
    "pages/": (READERS, READERS),
    "post_office/": (DESK, DESK),
    "inquiries/": (LIST | EDITOR, LIST | EDITOR),
    **of_model("auth/group", BOSS, BOSS, BOSS, BOSS),
    **of_model("staff/staffuser", MANAGER, BOSS, MANAGER, NOBODY),
    "staff/staffuser/<id>/password/": (BOSS, BOSS),
    "staff/staffuser/away/": (NOBODY, DESK),
    **of_model("practice/practice", MANAGER, NOBODY, MANAGER, NOBODY),
    **of_model("pages/reference", READERS, EDITOR, EDITOR, EDITOR),
    **of_model("pages/page", READERS, EDITOR, EDITOR, EDITOR),
    "pages/page/preview/": (NOBODY, READERS),
    "pages/page/<page_id>/preview/": (NOBODY, READERS),
    "pages/page/<page_id>/read/<number>/": (READERS, READERS),
    "pages/page/<page_id>/compare/": (READERS, READERS),
    "pages/page/<page_id>/do/approve/": (NOBODY, CHIEFS),
    "pages/page/<page_id>/do/review/": (NOBODY, CHIEFS),
    "pages/page/<page_id>/do/publish/": (NOBODY, EDITOR),
    "pages/page/<page_id>/do/take-down/": (NOBODY, EDITOR),
    "pages/page/<page_id>/do/withdraw/": (NOBODY, EDITOR),
    "pages/page/<page_id>/do/restore/": (NOBODY, EDITOR),
    **of_model("post_office/email", DESK, NOBODY, NOBODY, NOBODY),
    "post_office/email/<object_id>/history/": (NOBODY, NOBODY),
    "post_office/email/<email_id>/do/send-again/": (NOBODY, DESK),
    "post_office/email/<email_id>/do/put-aside/": (NOBODY, DESK),
    **of_model("inquiries/access", AUDITOR, NOBODY, NOBODY, NOBODY),
    **of_model("inquiries/answer", DESK | EDITOR, ANSWERERS, ANSWERERS, NOBODY),
    "inquiries/answer/<answer_id>/do/approve/": (NOBODY, CHIEFS),
    "inquiries/answer/<answer_id>/do/bring-back/": (NOBODY, ANSWERERS),
    "inquiries/answer/<answer_id>/do/retire/": (NOBODY, ANSWERERS),
    **of_model("inquiries/inquiry", LIST, NOBODY, NOBODY, NOBODY),
    "inquiries/inquiry/handover/": (LIST, NOBODY),
    "inquiries/inquiry/<object_id>/change/": (DESK, NOBODY),
    **{f"inquiries/inquiry/<inquiry_id>/do/{action}/": (NOBODY, DESK) for action in INQUIRY_ACTIONS},
    "inquiries/inquiry/<inquiry_id>/do/assign/": (NOBODY, CHIEFS),
    **{f"inquiries/inquiry/many/{word}/": (NOBODY, DESK) for word in ("preview", "undo", *bulk.DEEDS)},
    "inquiries/inquiry/claim-next/": (NOBODY, DESK),
    "inquiries/inquiry/search/": (DESK, DESK),
    "inquiries/inquiry/export/": (MANAGER, MANAGER),
    "inquiries/inquiry/<inquiry_id>/fhir/": (MANAGER, MANAGER),
    "inquiries/inquiry/<inquiry_id>/draft/": (NOBODY, DESK),
    "inquiries/inquiry/<inquiry_id>/insert/": (NOBODY, DESK),
    "inquiries/inquiry/<inquiry_id>/reply/": (NOBODY, DESK),
    **{f"inquiries/inquiry/<inquiry_id>/message/<message_id>/{deed}/": (NOBODY, DESK) for deed in MESSAGE_DEEDS},
    "inquiries/inquiry/<inquiry_id>/viewing/": (DESK, NOBODY),
    "inquiries/inquiry/<inquiry_id>/rights/": (MANAGER, NOBODY),
    **{f"inquiries/inquiry/<inquiry_id>/rights/{word}/": (NOBODY, MANAGER) for word in RIGHTS},
}


@pytest.fixture
def samples() -> dict[str, Sample]:
    """Something at each address."""
    return make_samples()


def test_the_table_names_every_address_of_the_admin():
    assert sorted(addresses()) == sorted(TABLE)


@pytest.mark.parametrize("method", ["get", "post"])
@pytest.mark.parametrize("name", PEOPLE)
def test_each_role_may_do_what_the_table_says_and_nothing_else(name, method, samples):
    visitor = sign_in(somebody(name))

    answers = {address: ask_in_vain(visitor, method, address, samples) for address in TABLE}

    allowed = {address: is_let_in(answer) for address, answer in answers.items()}
    expected = {address: name in row[method == "post"] for address, row in TABLE.items()}
    assert allowed == expected, {a: answers[a].status_code for a in TABLE if allowed[a] != expected[a]}


@pytest.mark.parametrize("method", ["get", "post"])
def test_a_stranger_is_sent_to_sign_in_wherever_they_knock(method, samples):
    behind = TABLE.keys() - {"login/", "logout/"}

    answers = {address: ask_in_vain(STRANGER, method, address, samples) for address in behind}

    assert [address for address, answer in answers.items() if not leads_to_sign_in(answer)] == []


@pytest.mark.parametrize(
    "address", ["inquiries/inquiry/{}/change/", "pages/page/{}/change/", "inquiries/answer/{}/change/"]
)
def test_a_number_that_nothing_has_finds_nothing_and_breaks_nothing(client, address):
    client.force_login(somebody("superuser"))

    answer = client.get(f"/admin/{address.format('9' * 5000)}")

    assert answer.status_code == 404


def test_who_may_open_no_inquiry_is_refused_one_with_an_endless_number_too(client):
    client.force_login(somebody("Auditor"))

    answer = client.get(f"/admin/inquiries/inquiry/{'9' * 5000}/change/")

    assert answer.status_code == 403
