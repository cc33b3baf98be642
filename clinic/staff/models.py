"""Staff accounts: the email address is the login."""

from typing import Any, ClassVar

from django.contrib.auth.models import AbstractUser, UserManager
from django.db import models
from django.db.models.functions import Lower


class StaffManager(UserManager["StaffUser"]):
    """Makes and finds accounts by email address, whatever its capitals."""

    def get_by_natural_key(self, username: str | None) -> "StaffUser":
        """The account with this address; a person who types Ana@ instead of ana@ must still get in."""
        return self.get(email__iexact=username)

    def create_user(  # type: ignore[override]  # there is no user name to ask for
        self, email: str, password: str | None = None, **fields: Any
    ) -> "StaffUser":
        """A new account; raises ValueError without an address."""
        if not email:
            raise ValueError("A staff account needs an email address")
        user = self.model(email=self.normalize_email(email), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(  # type: ignore[override]  # there is no user name to ask for
        self, email: str, password: str | None = None, **fields: Any
    ) -> "StaffUser":
        """An account that may do everything."""
        return self.create_user(email, password, is_staff=True, is_superuser=True, **fields)


class StaffUser(AbstractUser):
    """Someone who works at the clinic."""

    username = None  # type: ignore[assignment]  # the email address is the login
    email = models.EmailField("email address", max_length=254, unique=True)
    is_away = models.BooleanField(
        "away", default=False, db_default=False, help_text="Takes no inquiries; what they had goes back to everybody."
    )
    USERNAME_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    objects: ClassVar[StaffManager] = StaffManager()

    class Meta:
        verbose_name = "staff member"
        constraints = [
            models.UniqueConstraint(
                Lower("email"),
                name="staff_email_is_used_once",
                violation_error_message="Somebody already signs in with this email address.",
            ),
            models.CheckConstraint(name="staff_email_is_given", condition=~models.Q(email="")),
        ]

    def __str__(self) -> str:
        return self.get_full_name() or self.email
