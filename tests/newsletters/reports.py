"""Reports as mail servers write them, about one letter of ours."""

from __future__ import annotations

from newsletters import message, tokens
from newsletters.models import Delivery, Subscription


def key(delivery: Delivery) -> str:
    subscription = Subscription.objects.get(newsletter=delivery.issue.newsletter, subscriber=delivery.subscriber)
    return tokens.leave_token(subscription.pk, delivery.issue_id)


def returned(
    delivery: Delivery,
    *,
    status: str = "5.1.1",
    said: str = "550 5.1.1 User unknown",
    action: str = "failed",
    to: str = "",
) -> bytes:
    """As Postfix writes it (RFC 3464), with the headers of our letter behind it. to: where it came to; by default our MAIL_FROM, so
    that only the letter itself tells which it was."""
    return f"""Return-Path: <>
Delivered-To: {to or "news@example.org"}
From: MAILER-DAEMON@mx.example.net (Mail Delivery System)
To: {to or "news@example.org"}
Subject: Undelivered Mail Returned to Sender
Auto-Submitted: auto-replied
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="B"

--B
Content-Type: text/plain; charset=us-ascii

I'm sorry to have to inform you that your message could not be delivered.

--B
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.example.net
Arrival-Date: Mon, 30 Nov 2026 07:00:00 +0000 (GMT)

Final-Recipient: rfc822; {delivery.subscriber.address}
Action: {action}
Status: {status}
Diagnostic-Code: smtp; {said}

--B
Content-Type: text/rfc822-headers

Message-ID: {message.message_id(delivery.issue_id, delivery.pk)}
List-Unsubscribe: <{message.leave_url(key(delivery))}>
Subject: A first step

--B--
""".replace("\n", "\r\n").encode()


def complaint(delivery: Delivery, *, kind: str = "abuse") -> bytes:
    """As a mail provider's feedback loop writes it (RFC 5965)."""
    return f"""Return-Path: <>
From: <feedback@provider.example>
To: <news@example.org>
Subject: FW: A first step
MIME-Version: 1.0
Content-Type: multipart/report; report-type=feedback-report; boundary="B"

--B
Content-Type: text/plain

This is an email abuse report.

--B
Content-Type: message/feedback-report

Feedback-Type: {kind}
User-Agent: Provider/1.0
Version: 1

--B
Content-Type: message/rfc822

From: News <news@example.org>
List-Unsubscribe: <{message.leave_url(key(delivery))}>
Subject: A first step

Words

--B--
""".replace("\n", "\r\n").encode()


def holiday(delivery: Delivery) -> bytes:
    """Somebody is away. Says nothing against anybody, though it quotes a number that looks like a status."""
    return f"""From: {delivery.subscriber.address}
To: b+{key(delivery)}@bounces.example.org
Subject: Away until 5.1.1
Auto-Submitted: auto-replied

I am away. Room 5.1.1.
""".replace("\n", "\r\n").encode()


def in_words(delivery: Delivery) -> bytes:
    """As a server writes it that keeps no standard."""
    return f"""Return-Path: <>
From: MAILER-DAEMON@old.example
To: b+{key(delivery)}@bounces.example.org
Subject: failure notice

Hi. This is the program at old.example.
<{delivery.subscriber.address}>:
554 5.2.1 This account is closed

""".replace("\n", "\r\n").encode()
