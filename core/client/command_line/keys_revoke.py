"""`gpu-agent-client keys revoke`."""

from ...console import Mode
from ...console.words import counted
from .arguments import KeysArgument
from .options import Session


def keys_revoke(session: Session, ids: KeysArgument) -> None:
    """Revoke API keys: from then on they open nothing. Asks first, unless -y or --json."""
    question = f"Revoke {counted(len(ids), 'key')}? What uses them stops working."
    if not session.console.confirm(question, yes=session.yes or session.console.mode is Mode.JSON):
        session.console.info("Nothing was revoked.")
        return
    with session.connect() as client:
        for id in ids:
            client.revoke_api_key(id)
            session.console.info(f"Revoked: {id}")
    session.console.result([{"id": id} for id in ids], human=f"{counted(len(ids), 'key')} revoked.")
