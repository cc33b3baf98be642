"""What is always true of a question; each file holds one thing."""

from inquiries.models.access import Access
from inquiries.models.answer import Answer, AnswerVersion
from inquiries.models.choices import Language, Outcome, ReplyBy, Status, Topic, Urgency, WritingFor
from inquiries.models.entry import Entry
from inquiries.models.figure import Figure
from inquiries.models.finding import Finding
from inquiries.models.heartbeat import WorkerHeartbeat
from inquiries.models.inquiry import Inquiry
from inquiries.models.link import Code, Link, LostLink
from inquiries.models.message import Message
from inquiries.models.notice import Notice
from inquiries.models.reading import Draft, Look
from inquiries.models.searchable import NameWord, Searchable
from inquiries.models.tally import Tally

__all__ = [
    "Access",
    "Answer",
    "AnswerVersion",
    "Code",
    "Draft",
    "Entry",
    "Figure",
    "Finding",
    "Inquiry",
    "Language",
    "Link",
    "Look",
    "LostLink",
    "Message",
    "NameWord",
    "Notice",
    "Outcome",
    "ReplyBy",
    "Searchable",
    "Status",
    "Tally",
    "Topic",
    "Urgency",
    "WorkerHeartbeat",
    "WritingFor",
]
