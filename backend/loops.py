"""What the server does by itself, again and again: leases that ran out, signs of life, clean-ups.

Each loop calls one rule of core; how often is all that is decided here.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from functools import partial

import structlog

from core.accounts.admin_keys import note_admin_used
from core.accounts.api_keys import note_used
from core.accounts.device_codes import forget_old_device_codes
from core.accounts.idempotency import forget_answers
from core.accounts.limits import DEFAULTS, forget_days
from core.accounts.sessions import forget_sessions, note_sessions_used
from core.accounts.sign_in import forget_old_tries
from core.content.storage import known_orphans, sweep_chunks
from core.content.uploads import expire_uploads
from core.jobs.retention import retain
from core.jobs.running_time import review
from core.scheduling.account_closing import erase_piece, next_to_erase
from core.scheduling.demand import write_arrived
from core.scheduling.earned_tiers import apply_tier_rule
from core.scheduling.leases import alive, expire, fail_what_waited, follow_clock
from core.store.database import Transaction
from core.webhooks.deliveries import retain_deliveries

from .context import Context
from .orphans import delete_orphans
from .responses import log_unhandled
from .secret_keys import drop_old_keys, load_secret_keys, secrets_stamp
from .steady_clock import JUMP_SECONDS

FOREIGN_CHANGE_SECONDS = 1.0
NEW_SECRETS_SECONDS = 1.0
ALIVE_SECONDS = 2.0
WALL_CLOCK_SECONDS = 1.0
KEY_USE_SECONDS = 15.0
VERIFY_SECONDS = 15.0
WAITED_SECONDS = 60.0
ARRIVED_SECONDS = 60.0
TIERS_SECONDS = 30.0
CLEANUP_SECONDS = 600.0
SWEEP_SECONDS = 60.0
ERASE_SECONDS = 1.0
RETENTION_SECONDS = 60.0
SWEPT_AT_ONCE = 1000
DELIVERIES_AT_ONCE = 500
EXPIRIES_PER_LEASE = 20
log = structlog.get_logger("backend")


@asynccontextmanager
async def running_loops(context: Context) -> AsyncIterator[None]:
    """All loops, while the block runs. At the end what they gather is written once more."""
    loops = (
        (FOREIGN_CHANGE_SECONDS, _look_for_foreign_changes),
        (NEW_SECRETS_SECONDS, _look_for_new_secrets),
        (ALIVE_SECONDS, _say_alive),
        (WALL_CLOCK_SECONDS, _follow_wall_clock),
        (context.node_settings.lease_seconds / EXPIRIES_PER_LEASE, _expire_leases),
        (KEY_USE_SECONDS, _write_key_uses),
        (VERIFY_SECONDS, _verify_waiting),
        (WAITED_SECONDS, _fail_what_waited),
        (ARRIVED_SECONDS, _write_arrived),
        (TIERS_SECONDS, judge_nodes),
        (CLEANUP_SECONDS, _clean_up),
        (SWEEP_SECONDS, _sweep_chunks),
        (ERASE_SECONDS, erase_closed_accounts),
        (RETENTION_SECONDS, _retain),
    )
    tasks = [asyncio.create_task(_every(seconds, context, work), name=work.__name__) for seconds, work in loops]
    try:
        yield
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await _write_key_uses(context)
        await _write_arrived(context)
        await _say_alive(context)


async def _every(seconds: float, context: Context, work: Callable[[Context], Awaitable[None]]) -> None:
    while True:
        await asyncio.sleep(seconds)
        try:
            await work(context)
        except Exception as error:  # noqa: BLE001 – logged; a loop that ended would leave leases unexpired for good
            log_unhandled(error, work.__name__)


async def _look_for_foreign_changes(context: Context) -> None:
    """A command beside the server may have changed what the index and the polls stand on."""
    context.store.check_foreign_change()


async def _look_for_new_secrets(context: Context) -> None:
    """A command may have rotated the keys: from now on the newest signs."""
    folder = context.settings.data_dir
    stamp = secrets_stamp(folder)
    if stamp != context.secrets_stamp:
        context.secrets_stamp = stamp  # also of a file that can't be read: it is told of once
        context.take_up_secrets(load_secret_keys(folder, context.random_bytes, context.clock()))
        log.info("took up new keys", kid=context.signer.kid)


async def _say_alive(context: Context) -> None:
    """So that the next start knows how long nobody could be heard."""
    await context.store.write(lambda tx: alive(tx, context.clock()))


async def _follow_wall_clock(context: Context) -> None:
    """After the machine's clock was set: times shown are right again, and nobody's lease is longer or shorter by it."""
    clock, lag = context.clock, context.clock.lag()
    if abs(lag) < JUMP_SECONDS:
        return

    def work(tx: Transaction) -> None:
        tx.after_rollback(lambda: clock.move(-lag))
        clock.move(lag)  # at once: the next request of this group counts its leases from there
        follow_clock(tx, lag, clock())

    await context.store.write(work)
    log.warning("the machine's clock was set", seconds=round(lag, 3))


async def _expire_leases(context: Context) -> None:
    await context.store.write(lambda tx: expire(tx, context.index, context.clock(), context.new_id))


async def _verify_waiting(context: Context) -> None:
    """Results whose verification failed here, such as for a full disk."""
    context.verify_waiting()


async def _fail_what_waited(context: Context) -> None:
    """Units that no node took for days."""
    await context.store.write(lambda tx: fail_what_waited(tx, context.index, context.clock(), context.new_id))


async def _write_key_uses(context: Context) -> None:
    uses, context.keys_used = context.keys_used, {}
    if uses:
        await context.store.write(partial(note_used, uses=uses))
    sessions, context.sessions_used = context.sessions_used, {}
    if sessions:
        await context.store.write(partial(note_sessions_used, uses=sessions))
    admin_uses, context.admin_keys_used = context.admin_keys_used, {}
    if admin_uses:
        await context.store.write(partial(note_admin_used, uses=admin_uses))


async def _write_arrived(context: Context) -> None:
    """What owners are shown of the last day's demand."""
    await context.store.write(lambda tx: write_arrived(tx, context.index, context.clock()))


async def judge_nodes(context: Context) -> None:
    """Nodes that have earned to be trusted further, or no longer deserve it."""

    def work(tx: Transaction) -> int:
        changed = apply_tier_rule(tx, context.index, context.clock(), context.new_id)
        context.node_changes += changed  # at once: the next exchange of this group reads the node anew
        return changed

    while await context.store.write(work):
        pass


async def _clean_up(context: Context) -> None:
    """Answers, counts, keys and sessions past their time, uploads never finished, and who is slowed no longer."""
    now = context.clock()

    def work(tx: Transaction) -> list[str]:
        drop_old_keys(context.settings.data_dir, now)
        forget_answers(tx, now=now)
        forget_days(tx, now=now)
        forget_sessions(tx, now=now)
        forget_old_tries(tx, now=now)
        forget_old_device_codes(tx, now=now)
        review(tx, context.index, now)
        return expire_uploads(tx, days=DEFAULTS.unfinished_upload_days, now=now)

    await delete_orphans(context, await context.store.write(work))


async def _retain(context: Context) -> None:
    """What jobs made goes when its time is over, and what webhooks were sent, a small step a transaction."""
    more = True
    while more:
        work = partial(retain, usual_days=DEFAULTS.artifact_days, now=context.clock())
        step = await context.store.write(work)
        await delete_orphans(context, step.orphans)
        more = step.more
    while await context.store.write(partial(retain_deliveries, now=context.clock(), rows=DELIVERIES_AT_ONCE)):
        pass


async def _sweep_chunks(context: Context) -> None:
    """A few chunks at a time, round and round, so that no round ever holds the server up."""
    now, place = context.clock(), context.sweep_place
    swept = await context.store.write(lambda tx: sweep_chunks(tx, place, limit=SWEPT_AT_ONCE, now=now))
    context.sweep_place, orphans = swept
    # and what a command beside the server, or a process that was killed, let go of
    await delete_orphans(context, [*orphans, *known_orphans(context.store.connection)])


async def erase_closed_accounts(context: Context) -> None:
    """What closed accounts left, piece by piece; between two of them everybody else is served."""
    while (customer_id := next_to_erase(context.store.connection)) is not None:
        now, work = context.clock(), partial(erase_piece, index=context.index, customer_id=customer_id)
        erased = await context.store.write(partial(work, now=now))
        await delete_orphans(context, erased.orphans)
