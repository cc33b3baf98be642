"""The triage desk, in the admin."""

from inquiries.admin.outbox import OutboxAdmin
from inquiries.admin.triage import InquiryAdmin

__all__ = ["InquiryAdmin", "OutboxAdmin"]
