"""The timeline as an inquiry's pages show it: what happened with its time, its marked words and its delivery."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.urls import reverse

from inquiries import timeline
from inquiries.delivery import Delivery, delivery
from inquiries.highlight import Marked, marked
from inquiries.models import Finding, Inquiry

if TYPE_CHECKING:
    from inquiries.admin.inquiry_page import Opened


@dataclass(frozen=True)
class Line:
    """One thing that happened, with what the page says beside it."""

    item: timeline.Item
    when: str
    marked: Marked | None = None
    """Of what the patient wrote."""
    delivery: Delivery | None = None
    """Of what staff wrote to the patient; since when, in words; and its email's page."""
    delivered_at: str = ""
    email_url: str = ""


def lines(opened: "Opened", items: Iterable[timeline.Item]) -> list[Line]:
    """The items in the page's words."""
    marks = _marks(opened)
    return [_line(opened, item, marks) for item in items]


def findings(inquiry: Inquiry) -> list[Finding]:
    """What screening found, as `inquiry_page.find` read it with the inquiry."""
    return [Finding(**row) for row in inquiry.found]  # type: ignore[attr-defined]  # annotated there


def _line(opened: "Opened", item: timeline.Item, marks: Mapping[int | None, Marked]) -> Line:
    when = opened.in_words(item.at)
    if item.kind == "message":
        return Line(item, when, marks[None])
    if item.message is None:
        return Line(item, when)
    if item.kind == "patient":
        return Line(item, when, marks[item.message.pk])
    if item.kind != "reply":
        return Line(item, when)
    notice = opened.history.deliveries.get(item.message.pk)
    state = delivery(item.message, notice, sample=opened.inquiry.sample)
    url = reverse("admin:post_office_email_change", args=[notice.email_id]) if notice else ""
    return Line(item, when, None, state, opened.in_words(state.at), url)


def _marks(opened: "Opened") -> dict[int | None, Marked]:
    """Each of the patient's messages with what was found in it, by its key; the first under None."""
    inquiry, found = opened.inquiry, findings(opened.inquiry)
    first = {name: getattr(inquiry, name) for name in Finding.Field.values}
    marks: dict[int | None, Marked] = {None: marked(first, [each for each in found if each.message_id is None])}
    for message in opened.history.messages.values():
        own = [each for each in found if each.message_id == message.pk]
        marks[message.pk] = marked({Finding.Field.MESSAGE.value: message.text}, own, key=f"-{message.pk}")
    return marks
