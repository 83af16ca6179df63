"""Tells people of calls that are tried again. Without it the retry library would log to stdout, which is results'."""

from stamina.instrumentation import RetryDetails, set_on_retry_hooks

from ...console import Console


def tell_retries(console: Console) -> None:
    """From now on every retry in this process is a line of this console."""

    def tell(details: RetryDetails) -> None:
        message = str(getattr(details.caused_by, "message", details.caused_by)).rstrip(".")
        console.info(f"{message}. Trying again in {details.wait_for:.1f} s.")

    set_on_retry_hooks([tell])
