"""Which edition of the public pages is current, and the triggers outside this app that renew it."""

import uuid

from django.db import models
from django.db.models import Q

from clinic.pages.edition import NewEdition
from clinic.practice.models import Closure, Practice


class Edition(models.Model):
    """Which edition of the public pages is current: one row, renewed by triggers on all that the pages show."""

    token = models.UUIDField(default=uuid.uuid4)

    class Meta:
        constraints = [models.CheckConstraint(name="edition_is_one_row", condition=Q(pk=1))]

    def __str__(self) -> str:
        return str(self.token)


class PracticeOnPages(Practice):
    """The clinic's facts stand on every page, so a change of them makes a new edition."""

    class Meta:
        proxy = True
        default_permissions = ()
        triggers = [NewEdition()]


class ClosureOnPages(Closure):
    """Extra closed days stand beside the opening hours, so a change of them makes a new edition."""

    class Meta:
        proxy = True
        default_permissions = ()
        triggers = [NewEdition()]
