"""What every mail of this project has: who it is from and to, and that a program wrote it."""

from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime

from operations.mail.smtp import SmtpConfig


def headed(config: SmtpConfig, subject: str, mail_id: str, at: datetime) -> EmailMessage:
    """A mail without content; the same id gives the same Message-ID."""
    message = EmailMessage(policy=SMTP.clone(cte_type="7bit"))
    message["From"] = config.sender
    message["To"] = ", ".join(config.recipients)
    message["Subject"] = subject
    message["Date"] = format_datetime(at)
    message["Message-ID"] = f"<{mail_id}@{Address(addr_spec=config.sender).domain}>"
    message["Auto-Submitted"] = "auto-generated"
    return message
