"""What can be done to a page besides writing it: who may do it, when it is offered, and what it asks for."""

from collections.abc import Callable
from typing import Any, NamedTuple, cast

from django.http import HttpRequest
from django.urls import reverse

from clinic.pages import reviews, services
from clinic.pages.admin.forms import ActionForm, RestoreForm, ReviewForm
from clinic.pages.models import HELP, HOME, Page, State, Version
from clinic.pages.standing import Standing
from clinic.staff.models import StaffUser


def person(request: HttpRequest) -> StaffUser:
    """Who asks. The admin lets no stranger here."""
    return cast(StaffUser, request.user)


class Action(NamedTuple):
    """Something that can be done to a page: its service, its form, its words, who may do it and when."""

    service: Callable[..., Version]
    form: type[ActionForm]
    label: str
    permission: str
    offered: Callable[[Page, Standing], bool]


def _is_open(*states: State) -> Callable[[Page, Standing], bool]:
    return lambda page, now: now.open is not None and now.open.state in states


# In the order of the buttons.
ACTIONS = {
    "approve": Action(services.approve, ReviewForm, "Approve this draft", "approve_page", _is_open(State.DRAFT)),
    "publish": Action(services.publish, ActionForm, "Publish", "publish_page", _is_open(State.APPROVED)),
    "withdraw": Action(
        services.withdraw, ActionForm, "Set aside", "change_page", _is_open(State.DRAFT, State.APPROVED)
    ),
    "review": Action(
        services.review_again,
        ReviewForm,
        "Approve the public text as it is",
        "approve_page",
        lambda page, now: now.public is not None,
    ),
    "take-down": Action(
        services.take_down,
        ActionForm,
        "Take the page down",
        "publish_page",
        lambda page, now: now.public is not None and page.slug not in (HOME, HELP),
    ),
    "restore": Action(services.restore, RestoreForm, "Restore", "change_page", lambda page, now: False),  # in the list
}


def offered(by: StaffUser, page: Page, now: Standing, bound: ActionForm | None) -> list[dict[str, Any]]:
    """What this person may do to the page now. `bound` is a form that was refused, shown again with what was typed."""
    found = []
    for name, action in ACTIONS.items():
        if action.offered(page, now) and by.has_perm(f"pages.{action.permission}"):
            form = action.form(prefix=name, initial={"seen": now.token, **_usual_review(by, action)})
            if bound is not None and bound.prefix == name:
                form = bound
            url = reverse("admin:pages_page_action", args=[page.pk, name])
            # With a draft in hand, what concerns the public text is not the next thing to do.
            aside = name == "take-down" or (name == "review" and now.open is not None)
            found.append({"label": action.label, "form": form, "url": url, "aside": aside})
    return found


def _usual_review(by: StaffUser, action: Action) -> dict[str, Any]:
    """The clinician's name as they last wrote it, and a year from now."""
    if action.form is not ReviewForm:
        return {}
    signed = Version.objects.filter(approved_by=by.pk).order_by("-approved_at")
    name = signed.values_list("reviewed_by", flat=True).first() or by.get_full_name()
    return {"reviewed_by": name, "next_review_on": reviews.today() + services.REVIEW_EVERY}
