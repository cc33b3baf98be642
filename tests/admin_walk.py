"""Every address of the admin, with something at each of them, and people who knock there."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from http.cookies import SimpleCookie as Cookies
from typing import Any

from django.contrib.auth.models import Group
from django.contrib.contenttypes.models import ContentType
from django.db import transaction
from django.http import HttpResponseBase
from django.test import Client
from django.urls import get_resolver, reverse

from clinic.pages import services as pages
from clinic.pages.admin.actions import ACTIONS as PAGE_ACTIONS
from clinic.pages.models import Reference
from clinic.pages.standing import standing
from clinic.staff import roles
from clinic.staff.models import StaffUser
from inquiries import bulk, services
from inquiries.admin.actions import ACTIONS as INQUIRY_ACTIONS
from inquiries.admin.answer_editor import ACTIONS as ANSWER_ACTIONS
from inquiries.admin.composer import DEEDS as MESSAGE_DEEDS
from inquiries.admin.outbox import SAID
from inquiries.conversation import replies
from inquiries.models import Access, Notice
from tests import factories

ACTIONS: dict[str, Mapping[str, Any]] = {
    "inquiries/answer": ANSWER_ACTIONS,
    "inquiries/inquiry": INQUIRY_ACTIONS,
    "pages/page": PAGE_ACTIONS,
    "post_office/email": SAID,
}
PEOPLE = ["no role", *roles.ROLES, "superuser"]
# Of the patient in the samples; found nowhere else on any page.
NAME, EMAIL, PHONE, MESSAGE = "Zenobia Quellwater", "zenobia@example.org", "212 555 0147", "Nine lilac umbrellas."


def addresses() -> Iterator[str]:
    """Every address as the resolver knows it, without the kinds of its arguments; each action by its name."""
    for route in _routes(get_resolver(), ""):
        if not route.startswith("admin/"):
            continue
        address = re.sub(r"<\w+:(\w+)>", r"<\1>", route.removeprefix("admin/"))
        if address.startswith("^(?P<app_label>"):
            yield from (f"{label}/" for label in re.findall(r"\w+", address.partition(">")[2].partition(")")[0]))
        elif address == "inquiries/inquiry/many/<word>/":
            yield from (address.replace("<word>", word) for word in bulk.DEEDS)
        elif address.endswith("/<deed>/"):
            yield from (address.replace("<deed>", deed) for deed in MESSAGE_DEEDS)
        elif address.endswith("<action>/"):
            yield from (address.replace("<action>", action) for action in ACTIONS[address.partition("/<")[0]])
        else:
            yield re.sub(r"\(\?P<url>.*", "<url>", address)


def _routes(resolver: Any, before: str) -> Iterator[str]:
    for pattern in resolver.url_patterns:
        route = before + str(pattern.pattern)
        yield from _routes(pattern, route) if hasattr(pattern, "url_patterns") else [route]


@dataclass
class Sample:
    """What the addresses of one model need: their arguments, and what a person would post there."""

    arguments: dict[str, Any] = field(default_factory=dict)
    posted: dict[str, Any] = field(default_factory=dict)


def make_samples() -> dict[str, Sample]:
    """Something at each address, by the address's first two parts."""
    inquiry = factories.inquiry(name=NAME, email=EMAIL, phone=PHONE, message=MESSAGE)
    owner = factories.staff("owner@example.org")
    text = {"title": "A page", "nav_title": "A page", "summary": "In short.", "body": "Words."}
    page = pages.create(slug="a-page", text=text, note="The first", by=owner).page
    owner.is_superuser = False
    owner.save()
    review = {"reviewed_by": "Ada Example, MD", "next_review_on": "2099-01-01", "number": 1}
    actions = {f"{action}-{name}": value for action in PAGE_ACTIONS for name, value in review.items()}
    seen = {name: standing(page).token for name in ("seen", *(f"{action}-seen" for action in PAGE_ACTIONS))}
    posted = {**text, "body": "Other words.", "section": "treatment", "order": 1, "slug": "b-page", "note": "Again"}
    reference = Reference.objects.create(key="a2020", authors="A", title="Words", year=2020, doi="10.1000/1")
    # Left, and refused by its mail server, so that everything that can be done about a message can be.
    message = services.reply(inquiry.pk, text="Two lilac umbrellas.", by=owner)
    replies.leave(message.pk)
    inquiry.refresh_from_db()
    email = Notice.objects.filter(inquiry=inquiry, kind=Notice.Kind.RECEIPT).values_list("email_id", flat=True).get()
    answer = factories.answer("When we are open", approved=False)
    row = Access.objects.create(person=owner, deed="opened", inquiry=inquiry, period=1, place="a page")
    return {
        "r": Sample({"content_type_id": ContentType.objects.get_for_model(page).pk, "object_id": page.pk}),
        "auth/group": Sample({"object_id": Group.objects.create(name="Students").pk}),
        "staff/staffuser": Sample({"object_id": owner.pk, "id": owner.pk}, {"away": "yes"}),
        "practice/practice": Sample({"object_id": 1}),
        "pages/page": Sample(
            {"object_id": page.pk, "page_id": page.pk, "number": 1}, {**posted, **actions, **seen, "related": ""}
        ),
        "pages/reference": Sample({"object_id": reference.pk}),
        "post_office/email": Sample({"object_id": email, "email_id": email}),
        "inquiries/inquiry": Sample(
            {"object_id": inquiry.pk, "inquiry_id": inquiry.pk, "message_id": message.pk},
            {
                **{f"{action}-seen": inquiry.version for action in INQUIRY_ACTIONS},
                "reply-text": "Three.",
                "reply-then": "keep",
                "chosen": f"{inquiry.pk}-{inquiry.version}",
                "deed": next(iter(bulk.DEEDS)),
                "reason": "For the insurer",
                "person": "on",
            },
        ),
        "inquiries/access": Sample({"object_id": row.pk}),
        "inquiries/answer": Sample(
            {"object_id": answer.pk, "answer_id": answer.pk},
            {"name": "Another", "topic": "", "language": "en", "text": "Words.", "seen": answer.revision},
        ),
        "<url>": Sample({"url": "no-such-page"}),
    }


def somebody(name: str) -> StaffUser:
    """A person with that role."""
    roles.make()
    if name == "superuser":
        return factories.staff("boss@example.org", "Boss")
    person = StaffUser.objects.create_user("somebody@example.org", "a long enough pass phrase", is_staff=True)
    person.groups.set(Group.objects.filter(name=name))
    return person


def sign_in(person: StaffUser) -> Cookies:
    """What a browser holds in which this person has signed in; to sign in for each address took a third of a walk."""
    client = Client()
    client.force_login(person)
    return client.cookies


STRANGER = Cookies()


def ask(visitor: Cookies, method: str, address: str, samples: dict[str, Sample]) -> Any:
    """What somebody with these cookies gets at the address with the samples in it."""
    parts = address.split("/")
    sample = samples.get("/".join(parts[:2])) or samples.get(parts[0]) or Sample()
    path = "/admin/" + re.sub(r"<(\w+)>", lambda name: str(sample.arguments[name[1]]), address)
    path += "?from=1&to=1" if address.endswith("/compare/") else ""
    client = Client()
    client.cookies = Cookies(visitor.output(header=""))
    if method == "post":
        return client.post(path, sample.posted)
    return client.get(path)


def ask_in_vain(*asked: Any) -> Any:
    """The same, and everything as it was before."""
    with transaction.atomic():
        answer = ask(*asked)
        transaction.set_rollback(True)
    return answer


def leads_to_sign_in(answer: HttpResponseBase) -> bool:
    """Asked to sign in first."""
    return answer.status_code == 302 and answer.headers["Location"].startswith(reverse("admin:login"))


def is_let_in(answer: HttpResponseBase) -> bool:
    """Neither refused nor told that there is nothing, or nothing to be got this way."""
    return answer.status_code not in (403, 404, 405) and not leads_to_sign_in(answer)
