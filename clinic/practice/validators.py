"""Which facts can be used at all, said to staff in plain words with an example."""

import re
from zoneinfo import available_timezones

from django.core.exceptions import ValidationError

from clinic.practice import hours

EXAMPLE_HOURS = "Mo-Fr 09:00-17:00; PH off"
# What the library accepts but cannot answer for us: it knows neither school holidays, nor where the sun stands over
# the clinic, nor when an open end ends, and it takes "by appointment" for open. The promise would rest on a guess.
GUESSES = re.compile(r'\b(?:SH|sunrise|sunset|dawn|dusk)\b|(?<=\d)\+|"[^"]*"')


def validate_time_zone(name: str) -> None:
    """Only names of places, such as America/New_York: abbreviations like EST miss the clock changes."""
    if name != "UTC" and ("/" not in name or name not in available_timezones()):
        raise ValidationError(f"“{name}” is not a time zone we know. Example: America/New_York")


def validate_opening_hours(text: str) -> None:
    """Hours in OpenStreetMap syntax; the error points to the place that cannot be read."""
    example = f"Example: {EXAMPLE_HOURS}"
    try:
        hours.read(text, None)
    except hours.UnreadableHours as error:
        rest = text[error.column :].strip()
        where = f"from “{rest}” on (character {error.column + 1})" if rest else "because the end is missing"
        raise ValidationError(f"We cannot read these hours {where}. {example}") from error
    if guess := GUESSES.search(text):
        raise ValidationError(
            f"We cannot promise replies by “{guess[0]}” (character {guess.start() + 1}). "
            f"Write clock times, and add other closed days under Closures. {example}"
        )


def validate_country(code: str) -> None:
    """A country whose public holidays the library knows."""
    try:
        hours.read("PH", code)
    except hours.UnreadableHours as error:
        raise ValidationError(f"“{code}” is no country code we know. Example: US") from error
