"""The records of the newsletters."""

from newsletters.models.consent import ConsentReceipt, Purpose, Wording
from newsletters.models.delivery import Delivery
from newsletters.models.issue import Issue, IssueStory, ShownStory
from newsletters.models.newsletter import BoxPlacement, Newsletter, NewsletterPurpose
from newsletters.models.signup import SignUp, SignUpTick, Token
from newsletters.models.subscriber import Subscriber, Subscription

__all__ = [
    "BoxPlacement",
    "ConsentReceipt",
    "Delivery",
    "Issue",
    "IssueStory",
    "Newsletter",
    "NewsletterPurpose",
    "Purpose",
    "ShownStory",
    "SignUp",
    "SignUpTick",
    "Subscriber",
    "Subscription",
    "Token",
    "Wording",
]
