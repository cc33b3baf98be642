"""The triage desk, in the admin."""

from inquiries.admin.access import AccessAdmin
from inquiries.admin.answers import AnswerAdmin
from inquiries.admin.outbox import OutboxAdmin
from inquiries.admin.triage import InquiryAdmin

__all__ = ["AccessAdmin", "AnswerAdmin", "InquiryAdmin", "OutboxAdmin"]
