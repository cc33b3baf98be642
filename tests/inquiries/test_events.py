"""Whatever the desk records has words, and one table holds them."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest
from post_office.models import STATUS

import inquiries
from inquiries import events, outbox, timeline
from inquiries.admin.rows import Row
from inquiries.changes import change
from inquiries.models import Entry, Inquiry
from tests.factories import inquiry


def recorded() -> Iterator[str]:
    """Every name that the code gives to a change, with what an inquiry begins with."""
    yield Inquiry._meta.get_field("last_event").default
    for path in Path(inquiries.__file__).parent.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            match node:
                case ast.Call(func=ast.Name(id="change" | "change_all"), args=[_, name, *_]):
                    yield from strings(name)
                case ast.Assign(targets=[ast.Attribute(attr="last_event")], value=value):
                    yield from strings(value)


def strings(node: ast.expr) -> list[str]:
    """The texts in an expression; one without any would hide a name from this test."""
    found = [leaf.value for leaf in ast.walk(node) if isinstance(leaf, ast.Constant) and isinstance(leaf.value, str)]
    assert found, f"Name the event in {ast.unparse(node)!r} where it is recorded"
    return found


def test_every_event_that_is_recorded_has_words_and_no_other_has():
    assert set(recorded()) == set(events.EVENTS)


@pytest.mark.django_db
def test_a_change_that_another_release_made_is_shown_all_the_same(nurse):
    kept = inquiry()
    with change(kept.pk, "teleport", by=nurse, seen=None) as changed:
        pass

    items = timeline.items(timeline.read(kept), {nurse.pk: "Nora"}, reader=nurse.pk)

    assert [item.title for item in items if item.kind == "change"] == ["Nora changed it: it is now “New”"]
    assert Row(changed).happened == "Changed just now"


def test_every_state_of_an_email_and_every_end_of_a_call_has_words():
    assert set(outbox.STATES) == {*STATUS, outbox.WITHDRAWN}
    assert set(timeline.CALLS) == set(Entry.Call)
