"""The records of the newsletters."""

from newsletters.models.consent import ConsentReceipt, Purpose, Wording
from newsletters.models.delivery import Delivery
from newsletters.models.importing import Import, ImportLine
from newsletters.models.issue import Issue, IssueStory, ShownStory
from newsletters.models.newsletter import BoxPlacement, ListVersion, Newsletter, NewsletterPurpose
from newsletters.models.retention import ChainCheck, RetentionRule, RetentionRun, SignUpAlarm, Suppression
from newsletters.models.returned import Returned
from newsletters.models.signup import AddressChange, LinkRequest, SignUp, SignUpTick, Token
from newsletters.models.subscriber import Subscriber, Subscription

__all__ = [
    "AddressChange",
    "BoxPlacement",
    "ChainCheck",
    "ConsentReceipt",
    "Delivery",
    "Import",
    "ImportLine",
    "Issue",
    "IssueStory",
    "LinkRequest",
    "ListVersion",
    "Newsletter",
    "NewsletterPurpose",
    "Purpose",
    "RetentionRule",
    "RetentionRun",
    "Returned",
    "ShownStory",
    "SignUp",
    "SignUpAlarm",
    "SignUpTick",
    "Subscriber",
    "Subscription",
    "Suppression",
    "Token",
    "Wording",
]
