"""What a page tells search engines about itself: JSON-LD in schema.org's words, and only what the page itself says.

A clinician's review is named only if there was one; opening hours are left out if they cannot be read.
"""

import json
from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any

from django.conf import settings
from django.db.models import Min
from django.utils.safestring import SafeString, mark_safe
from markdown_it.token import Token

from clinic.pages import sharing
from clinic.pages.markup import PARSER
from clinic.pages.models import HOME, Page, Reference, Section, Version
from clinic.practice import hours
from clinic.practice.models import Practice

Node = dict[str, Any]
# Inside a script element the parser looks for "</script" and "<!--" only; "&" matters where a page is read as XML.
ESCAPES = str.maketrans({"<": "\\u003c", ">": "\\u003e", "&": "\\u0026"})
SUBJECTS = [
    {"@type": "MedicalCondition", "name": "Depression"},
    {"@type": "Drug", "name": "Botulinum toxin"},
]
LAST_MINUTE = "23:59"  # schema.org has no 24:00


def data(page: Page, sources: Sequence[Reference], practice: Practice) -> SafeString:
    """The page, the clinic and the way to the page as one JSON text for a script element. One query."""
    clinic = _clinic(practice)
    graph = [clinic, _page(page, sources, clinic["@id"])]
    if page.slug != HOME:
        graph.append(_breadcrumbs(page))
    text = json.dumps({"@context": "https://schema.org", "@graph": graph}, ensure_ascii=False, separators=(",", ":"))
    return mark_safe(text.translate(ESCAPES))  # noqa: S308 - escaped in the line's beginning; test_findable tries


def questions(markdown: str) -> Iterator[tuple[str, str]]:
    """The questions of a page's `:::faq` blocks and their answers, as plain text without the numbers of sources."""
    start, question = 0, ""
    tokens = PARSER.parse(markdown)
    for index, token in enumerate(tokens):
        if token.type == "container_block_open" and token.info.strip().startswith("faq "):
            start, question = index, token.info.strip().removeprefix("faq ").strip()
        elif token.type == "container_block_close" and question and token.level == tokens[start].level:
            yield question, "\n".join(filter(None, map(_words, tokens[start + 1 : index])))
            question = ""


def _words(token: Token) -> str:
    if token.type == "container_block_open":
        return token.info.strip().partition(" ")[2]  # the heading of a box inside the answer
    breaks = ("softbreak", "hardbreak")
    return "".join(" " if child.type in breaks else _own(child) for child in token.children or []).strip()


def _own(child: Token) -> str:
    return child.content if child.type in ("text", "code_inline") else ""


def _page(page: Page, sources: Sequence[Reference], clinic: str) -> Node:
    asked = [_question(question, answer) for question, answer in questions(page.body)]
    node: Node = {
        # About the clinic itself there is nothing medical to review.
        "@type": ["WebPage" if page.section == Section.CLINIC else "MedicalWebPage", *(["FAQPage"] if asked else [])],
        "@id": sharing.address(page),
        "url": sharing.address(page),
        "name": page.title,
        "description": page.summary,
        "inLanguage": "en-US",
        "publisher": {"@id": clinic},
        "dateModified": page.updated_at.isoformat(timespec="seconds"),
    }
    first = Version.objects.filter(page__slug=page.slug).aggregate(first=Min("published_at"))["first"]
    if first:
        node["datePublished"] = first.isoformat(timespec="seconds")
    if page.section == Section.TREATMENT:
        node["about"] = SUBJECTS
    if page.reviewed_on:
        node["lastReviewed"] = page.reviewed_on.isoformat()
        node["reviewedBy"] = {"@type": "Person", "name": page.reviewed_by}
    if sources:
        node["citation"] = [source.link for source in sources]
    if asked:
        node["mainEntity"] = asked
    return node


def _question(question: str, answer: str) -> Node:
    return {"@type": "Question", "name": question, "acceptedAnswer": {"@type": "Answer", "text": answer}}


def _breadcrumbs(page: Page) -> Node:
    places = [("Home", f"{settings.SITE_URL}/"), (page.nav_title, sharing.address(page))]
    return {
        "@type": "BreadcrumbList",
        "itemListElement": [
            {"@type": "ListItem", "position": number, "name": name, "item": address}
            for number, (name, address) in enumerate(places, start=1)
        ],
    }


def _clinic(practice: Practice) -> Node:
    node: Node = {
        "@type": "MedicalClinic",
        "@id": f"{settings.SITE_URL}/#clinic",
        "url": f"{settings.SITE_URL}/",
        "name": practice.name,
        # As on an envelope; we do not guess which part is the city.
        "address": ", ".join(line.strip() for line in practice.address.splitlines() if line.strip()),
    }
    if practice.phone:
        node["telephone"] = practice.phone.as_e164
    if specified := _opening_hours(practice, datetime.now(UTC).astimezone(practice.zone).date()):
        node["openingHoursSpecification"] = specified
    return node


def _opening_hours(practice: Practice, today: date) -> list[Node]:
    """This week's hours without public holidays, days with the same hours together."""
    try:
        usual = hours.read(practice.opening_hours, None)
    except hours.UnreadableHours:
        return []
    monday = today - timedelta(days=today.weekday())
    found: dict[tuple[str, str], list[str]] = {}
    for day in (monday + timedelta(days=number) for number in range(7)):
        for opens, closes in hours.windows(usual, day):
            until = f"{closes:%H:%M}" if closes.date() == day else LAST_MINUTE
            found.setdefault((f"{opens:%H:%M}", until), []).append(f"{day:%A}")
    return [
        {"@type": "OpeningHoursSpecification", "dayOfWeek": days, "opens": opens, "closes": closes}
        for (opens, closes), days in found.items()
    ]
