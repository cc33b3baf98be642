"""What is always true of a question; each file holds one thing."""

from inquiries.models.finding import Finding
from inquiries.models.heartbeat import WorkerHeartbeat
from inquiries.models.inquiry import Inquiry, Language, Outcome, ReplyBy, Status, Topic, Urgency, WritingFor
from inquiries.models.notice import Notice
from inquiries.models.tally import Tally

__all__ = [
    "Finding",
    "Inquiry",
    "Language",
    "Notice",
    "Outcome",
    "ReplyBy",
    "Status",
    "Tally",
    "Topic",
    "Urgency",
    "WorkerHeartbeat",
    "WritingFor",
]
