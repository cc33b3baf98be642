"""How much comes and how quickly it is answered, by day, week and topic. docs/decisions/0014 says why it is kept."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.db import models, transaction
from django.db.models import Count, DateField, Expression, F, IntegerField, Q, Value
from django.db.models.functions import Extract, TruncDate, TruncWeek
from django.utils import timezone

from clinic.practice.models import Practice
from inquiries.models import Figure, Inquiry, WorkerHeartbeat
from inquiries.querysets import InquiryQuerySet

DAYS, WEEKS = 30, 12
DAY, WEEK = timedelta(days=1), timedelta(days=7)
# How old what is shown may be: each counting reads twelve weeks of inquiries.
PAUSE = timedelta(minutes=5)
BEGINNING = date(2000, 1, 3)  # a Monday before there was anything to count
ALL_TOPICS = ""

Measure, Span = Figure.Measure, Figure.Span


class Percentile(models.Aggregate):
    """Whole seconds that this share of them does not exceed; between two of them, their weighted mean."""

    function = "percentile_cont"
    # A clock that was set back must not stop all counting: nothing takes less than no time.
    template = "greatest(0, round(%(function)s(%(share)s) WITHIN GROUP (ORDER BY %(expressions)s)))::int"
    output_field = IntegerField()


# --- Counting: the worker's part --------------------------------------------------------------------------------------


def keep(now: datetime | None = None) -> bool:
    """Count again what may have changed, unless that was done lately; True when it was done.

    A day or a week is counted until it lies more than twelve weeks back. Then its figure stays, whatever becomes of
    the inquiries.
    """
    now = now or timezone.now()
    counted_at = WorkerHeartbeat.objects.values_list("counted_at", flat=True).first()
    if counted_at and now - PAUSE < counted_at <= now:
        return False
    zone = Practice.objects.current().zone
    # A worker that was away for longer still counts every week that it missed.
    _count(first_week(counted_at, zone) if counted_at else BEGINNING, first_week(now, zone), zone)
    WorkerHeartbeat.objects.update(counted_at=now)
    return True


def hurry(now: datetime | None = None) -> None:
    """Have the last twelve weeks counted again in the worker's next round."""
    WorkerHeartbeat.objects.filter(counted_at__isnull=False).update(counted_at=(now or timezone.now()) - PAUSE)


def first_week(now: datetime, zone: ZoneInfo) -> date:
    """The first of the twelve weeks that end with the present one, by its Monday."""
    today = now.astimezone(zone).date()
    return today - timedelta(days=today.weekday()) - (WEEKS - 1) * WEEK


@transaction.atomic
def _count(since: date, season: date, zone: ZoneInfo) -> None:
    """Count the days and weeks from `since` on, and the twelve weeks from `season` on. Both are Mondays."""
    Figure.objects.filter(begins__gte=since).delete()
    received = _from(since, "received_at", zone)
    figures = [*_figures(received, Measure.RECEIVED, Span.DAY, TruncDate("received_at", tzinfo=zone))]
    for measure, done in ((Measure.REPLIED, "first_replied_at"), (Measure.ACKNOWLEDGED, "acknowledged_at")):
        monday = TruncWeek(done, tzinfo=zone, output_field=DateField())
        taken = {"median": Percentile(_seconds(done), share=0.5), "slow": Percentile(_seconds(done), share=0.95)}
        figures += _figures(_from(since, done, zone), measure, Span.WEEK, monday, **taken)
        figures += _figures(_from(season, done, zone), measure, Span.SEASON, Value(season, DateField()), **taken)
    Figure.objects.bulk_create(figures, batch_size=1_000)


def _from(since: date, field: str, zone: ZoneInfo) -> InquiryQuerySet:
    inquiries: InquiryQuerySet = Inquiry.objects.order_by()
    return inquiries.filter(**{f"{field}__gte": datetime.combine(since, time(), zone)})


def _seconds(done: str) -> Extract:
    return Extract(F(done) - F("received_at"), "epoch")


def _figures(
    inquiries: InquiryQuerySet, measure: str, span: str, begins: Expression, **taken: Percentile
) -> Iterator[Figure]:
    """One for each span, of all topics together and of each topic."""
    for topic in ([], ["topic"]):
        for row in inquiries.values(*topic, begins=begins).annotate(counted=Count("pk"), **taken):
            if row["counted"]:  # twelve weeks in which nothing happened
                yield Figure(measure=measure, span=span, **row)


# --- Reading: what the dashboard shows --------------------------------------------------------------------------------


@dataclass(frozen=True)
class Recent:
    """The last twelve weeks and thirty days, the oldest first; None where nothing was counted."""

    days: list[tuple[date, int]]
    mondays: list[date]
    found: dict[tuple[str, str, date, str], Figure]

    def weeks(self, measure: str, topic: str = ALL_TOPICS) -> list[Figure | None]:
        """Of each of the weeks."""
        return [self.found.get((measure, Span.WEEK, monday, topic)) for monday in self.mondays]

    def season(self, measure: str, topic: str = ALL_TOPICS) -> Figure | None:
        """Of the twelve weeks together."""
        return self.found.get((measure, Span.SEASON, self.mondays[0], topic))


def recent(now: datetime, zone: ZoneInfo) -> Recent:
    """What was counted, in one query whose answer is as long for a thousand inquiries as for a million."""
    first, today = first_week(now, zone), now.astimezone(zone).date()
    days = [today - (DAYS - 1 - number) * DAY for number in range(DAYS)]
    wanted = Q(span=Span.DAY, topic=ALL_TOPICS, begins__gte=days[0]) | Q(span__in=[Span.WEEK, Span.SEASON])
    figures = Figure.objects.filter(wanted, begins__gte=first, begins__lte=today)
    found = {(figure.measure, figure.span, figure.begins, figure.topic): figure for figure in figures}
    received = [found.get((Measure.RECEIVED, Span.DAY, day, ALL_TOPICS)) for day in days]
    return Recent(
        days=[(day, figure.counted if figure else 0) for day, figure in zip(days, received, strict=True)],
        mondays=[first + number * WEEK for number in range(WEEKS)],
        found=found,
    )
