"""The fault of a file of webhooks; by itself, since a start without such a file reads none."""


class WebhookFault(Exception):  # reported to an operator, like a fault of the policies
    """Why the file of endpoints cannot be used, and the remedy."""

    def __init__(self, fact: str, remedy: str) -> None:
        super().__init__(fact)
        self.remedy = remedy
