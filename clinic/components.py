"""/admin/components/: the parts that public pages are made of, for those who work on them."""

import re
from pathlib import Path

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.utils.safestring import mark_safe
from django.views.decorators.http import require_safe

from clinic.pages import navigation, pictures, rendering
from clinic.pages.models import Reference
from inquiries.forms import InquiryForm

SAMPLE = Path(__file__).with_name("components.md")
TOKENS = Path(__file__).parent / "static" / "clinic" / "tokens.css"


@require_safe
def components(request: HttpRequest) -> HttpResponse:
    """Tokens, type, buttons, blocks, pictures, cards and fields, each made by the code that makes it for patients."""
    shown = [f":::picture {name}\n:::" for name in pictures.NAMES]
    rendered = rendering.render(
        "\n\n".join([SAMPLE.read_text(encoding="utf-8"), "## Pictures", *shown]),
        set(Reference.objects.values_list("key", flat=True)),
    )
    cited = Reference.objects.in_bulk(rendered.keys, field_name="key")
    context = {
        "body": mark_safe(rendered.html),  # noqa: S308 - the renderer escapes all raw HTML; test_pages_rendering
        "references": [cited[key] for key in rendered.keys if key in cited],
        "colours": tokens(r"#[0-9a-f]{6}"),
        "spaces": [token for token in tokens(r"[^;]+") if re.fullmatch(r"s\d", token[0])],
        "cards": [page for group in navigation.recent() for page in group.pages][:3],
        "form": InquiryForm(QueryDict()),  # sent empty, so that each field shows its error
    }
    return render(request, "pages/components.html", context)


def tokens(value: str) -> list[tuple[str, str]]:
    """The names in tokens.css and what they stand for in the light scheme, where the value matches the pattern."""
    light = TOKENS.read_text(encoding="utf-8").partition("@media")[0]
    return re.findall(rf"--([a-z0-9-]+): ({value});", light)
