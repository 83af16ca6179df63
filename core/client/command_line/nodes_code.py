"""`gpu-agent-client nodes code`."""

from .options import Session


def nodes_code(session: Session) -> None:
    """Make a code that enrols one node of yours within 15 minutes."""
    with session.connect() as client:
        made = client.create_enrollment_code()
        server = client.base_url
    session.console.result(
        made,
        human=f"{made.code}\nOn that machine: gpu-agent-node run --server {server} --enroll {made.code} --paused\n"
        f"It is good for one node, until {made.expires_at}.",
        quiet=made.code or "",
    )
