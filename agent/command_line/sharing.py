"""What `gpu-agent-node run` does: enrols where that is needed, and shares until it is stopped."""

import secrets
import time
from pathlib import Path

import stamina

from agent.command_line.logged_console import LoggedConsole
from agent.command_line.look_around import look_around, say_confinement
from agent.control import open_control
from agent.identity import Identity, enroll, load_identity
from agent.instructions import Say, SayLevel
from agent.line import open_line
from agent.names import random_name
from agent.policy.keeper import RulesKeeper
from agent.self_test.keeper import open_self_tests
from agent.self_test.line import no_room_for_line
from agent.self_test.standing import Standing
from agent.start import allow_many_files, open_service
from agent.status import StatusKeeper
from agent.traffic import Traffic
from agent.version import agent_version
from core.client.address import base_url
from core.client.errors import ConnectionFailed
from core.client.node import NodeClient
from core.console import CommandError, Console, ExitCode

_ENROL_TRIES = 10
_ENROL_SECONDS = 30.0


async def share(
    console: LoggedConsole,
    data_dir: Path,
    server: str | None,
    code: str | None,
    name: str | None,
    *,
    paused: bool,
    insecure: bool,
    ca_file: Path | None = None,
    self_tests: bool = True,
) -> None:
    """To the end. Raises CommandError, and what main() knows the meaning of."""
    allow_many_files()
    identity = load_identity(data_dir)
    address = server or (identity.server if identity is not None else None)
    if address is None:
        raise CommandError(
            "Which service is this node for?",
            hint="gpu-agent-node run --server https://HOST --enroll CODE",
            exit_code=ExitCode.ARGUMENTS,
        )
    if identity is not None and base_url(address, insecure=insecure) != identity.server:
        console.warn(f"this node was enrolled at {identity.server}, and is now asked to speak to {address}")
    sandbox, interpreters = await look_around(data_dir)
    version = agent_version()
    credential = identity.credential if identity else None
    rules = RulesKeeper(data_dir, time.time)
    traffic = Traffic(data_dir, time.time)
    if traffic.trouble:
        console.warn(traffic.trouble)
    async with (
        open_line(lambda: rules.limits, traffic) as line,
        NodeClient(address, credential, insecure=insecure, ca_file=ca_file, line=line) as client,
    ):
        if identity is None:
            identity = await _enrolled(console, data_dir, client, code, name, version)
        elif code is not None:
            console.info(f"already enrolled as {identity.name}; the code is not used")
        console.log.hide(identity.credential)
        console.info(
            f"node {identity.name} of {client.base_url}; units run with Python "
            f"{', '.join(interpreter.version for interpreter in interpreters)}"
        )
        say_confinement(console, sandbox)
        keeper = StatusKeeper(
            identity=identity,
            server=client.base_url,
            agent_version=version,
            confinement=sandbox.confinement,
            now=time.time(),
            line=line.status,
        )
        standing = Standing()
        async with (
            open_service(
                data_dir=data_dir,
                identity=identity,
                client=client,
                sandbox=sandbox,
                interpreters=interpreters,
                version=version,
                say=lambda said: _say(console, said),
                rules=rules,
                line=line,
                begin_paused=paused,
                standing=standing,
            ) as service,
            open_self_tests(
                data_dir,
                service,
                client,
                version,
                by_themselves=self_tests,
                say=lambda said: _say(console, said),
                standing=standing,
                no_line=lambda: no_room_for_line(line, rules.limits),
            ) as tests,
            open_control(data_dir, service, keeper, tests),
        ):
            console.log.open()
            trouble = await service.run()
    if trouble:
        raise CommandError(
            trouble,
            hint=f"If this node is to be enrolled anew, delete {data_dir / 'node.json'} and give a code with --enroll.",
            exit_code=ExitCode.CONNECTION,
        )
    console.info("stopped")


async def _enrolled(
    console: Console, data_dir: Path, client: NodeClient, code: str | None, name: str | None, version: str
) -> Identity:
    if code is None:
        raise CommandError(
            "This node is not enrolled yet.",
            hint="Make a code with: gpu-agent-backend nodes enrollment-code, and give it with --enroll.",
            exit_code=ExitCode.ARGUMENTS,
        )
    caller = stamina.AsyncRetryingCaller(attempts=_ENROL_TRIES, timeout=_ENROL_SECONDS, wait_initial=0.2, wait_max=5.0)
    identity = await caller(
        ConnectionFailed,
        enroll,
        data_dir,
        client,
        code=code,
        name=name or random_name(secrets.choice),
        version=version,
    )
    console.info(f"enrolled as {identity.name}")
    return identity


def _say(console: Console, said: Say) -> None:
    if said.level is SayLevel.WARNING:
        console.warn(said.text)
    else:
        console.info(said.text)
