"""The server speaks https itself: a customer and a node reach it by an authority that only they were told of."""

import socket
import ssl
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from backend.tls import certificate_from
from core.client.customer import Client
from core.client.errors import AddressRefused, NotEncrypted
from core.client.events import job_events
from core.client.http import Retries
from core.client.upload import upload
from core.console import CommandError, ExitCode
from core.content.chunking import scan
from core.protocol.customer import JobStatus
from tests.agent.node_process import NodeProcess
from tests.backend.certificates import Authority, CertificateFiles
from tests.backend.server_process import PROJECT, BackendServer, run_command
from tests.backend.uploading import ready_package, submit_job
from tests.core.client.live_backend import client_command

PATIENCE_SECONDS = 60


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority(tmp_path_factory.mktemp("authority"))


@pytest.fixture(scope="module")
def files(authority: Authority) -> CertificateFiles:
    return authority.issue()


@pytest.fixture(scope="module")
def https_server(tmp_path_factory: pytest.TempPathFactory, files: CertificateFiles) -> Iterator[BackendServer]:
    """It listens at every address and needs no --insecure."""
    server = BackendServer(tmp_path_factory.mktemp("https") / "data", "--host", "0.0.0.0", *files.options)
    server.start()
    yield server
    server.close()


def handshake(server: BackendServer, context: ssl.SSLContext) -> ssl.SSLSocket:
    port = int(server.url.rpartition(":")[2])
    return context.wrap_socket(socket.create_connection(("127.0.0.1", port), 10), server_hostname="127.0.0.1")


def trusting(authority: Authority) -> ssl.SSLContext:
    return ssl.create_default_context(cafile=str(authority.ca_file))


@pytest.mark.full
def test_a_job_runs_over_https_from_the_upload_to_the_result(
    https_server: BackendServer, authority: Authority, tmp_path: Path
) -> None:
    assert https_server.url.startswith("https://127.0.0.1:")
    customer = https_server.new_customer()
    customer.http = httpx.Client(
        base_url=f"{https_server.url}/api/v1",
        headers={"X-API-Key": customer.key},
        timeout=30,
        trust_env=False,
        verify=trusting(authority),
    )
    folder = tmp_path / "data"
    folder.mkdir()
    (folder / "rows.csv").write_text("1,2\n")
    node = NodeProcess(tmp_path, https_server)
    with Client(https_server.url, customer.key, ca_file=authority.ca_file) as client:
        assert client.meta().api_base_url == f"{https_server.url}/api/v1"
        dataset = upload(client, "datasets", "data", scan(folder)).id
        package = ready_package(customer, train__py="print('trained over https')\n")
        node.start("--ca-file", str(authority.ca_file), owner=customer.email)
        try:
            job = submit_job(customer, dataset, package)
            for _ in job_events(client, job):
                pass
            assert client.get_job(job).status == JobStatus.COMPLETED, node.log()
            log = next(row for row in client.list_artifacts(job).data if row.name == "train/attempt-1.log")
            url = client.artifact_download(job, log.id).download_url
        finally:
            node.close()
    assert url.startswith(https_server.url)
    assert "trained over https" in httpx.get(url, verify=trusting(authority), trust_env=False).text


@pytest.mark.parametrize("by_variable", [False, True])
def test_the_client_command_trusts_the_file_it_is_given(
    https_server: BackendServer, authority: Authority, by_variable: bool
) -> None:
    key = https_server.new_customer().key
    environment = {"PATH": "/usr/bin:/bin", "GPU_AGENT_SERVER": https_server.url, "GPU_AGENT_API_KEY": key}
    options = [] if by_variable else ["--ca-file", str(authority.ca_file)]
    if by_variable:
        environment["GPU_AGENT_CA_FILE"] = str(authority.ca_file)
    listed = subprocess.run(
        [client_command(), "datasets", "list", "--json", *options],
        env=environment,
        cwd=PROJECT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (listed.returncode, listed.stdout) == (0, '{"data": []}\n'), listed.stderr


def test_a_client_that_was_told_of_no_authority_sends_nothing(https_server: BackendServer) -> None:
    with (
        Client(https_server.url, "sk_alpha_x", retries=Retries(attempts=1)) as client,
        pytest.raises(NotEncrypted) as caught,
    ):
        client.usage_summary()
    assert "--ca-file" in caught.value.hint


def test_a_file_without_a_certificate_is_refused_by_its_name(tmp_path: Path) -> None:
    empty = tmp_path / "empty.pem"
    empty.touch()
    for file in (empty, tmp_path / "absent.pem"):
        with pytest.raises(AddressRefused, match=file.name):
            Client("https://127.0.0.1", None, ca_file=file)


def test_tls_before_1_2_is_refused(https_server: BackendServer, authority: Authority) -> None:
    def newest(version: ssl.TLSVersion) -> ssl.SSLContext:
        context = trusting(authority)
        context.set_ciphers("ALL:@SECLEVEL=0")  # else the client itself would offer nothing so old
        context.minimum_version = ssl.TLSVersion.MINIMUM_SUPPORTED
        context.maximum_version = version
        return context

    with handshake(https_server, newest(ssl.TLSVersion.TLSv1_2)) as spoken:
        assert spoken.version() == "TLSv1.2"
    with pytest.warns(DeprecationWarning):
        old = newest(ssl.TLSVersion.TLSv1_1)
    with pytest.raises((ssl.SSLError, ConnectionError)):
        handshake(https_server, old)


@pytest.mark.full
def test_a_renewed_certificate_is_shown_without_a_restart(authority: Authority, tmp_path: Path) -> None:
    server = BackendServer(tmp_path / "data", *authority.issue("renewed").options)
    server.start()

    def shown() -> object:
        with handshake(server, trusting(authority)) as spoken:
            return (spoken.getpeercert() or {})["serialNumber"]

    try:
        before = shown()
        authority.issue("renewed")
        deadline = time.monotonic() + PATIENCE_SECONDS
        while shown() == before:
            assert time.monotonic() < deadline, server.log()
            time.sleep(0.1)  # nothing tells when another process has read a file
    finally:
        server.close()


def test_files_that_are_no_good_are_refused_in_words(authority: Authority, tmp_path: Path) -> None:
    files, other = authority.issue("one"), authority.issue("other")
    readable = tmp_path / "readable.key"
    readable.write_bytes(files.key.read_bytes())
    readable.chmod(0o644)
    nothing = tmp_path / "nothing.pem"
    nothing.touch(0o600)
    locked = tmp_path / "locked.key"
    made = subprocess.run(
        ["openssl", "pkey", "-in", str(files.key), "-aes128", "-passout", "pass:x", "-out", str(locked)], check=False
    )
    tries: list[tuple[tuple[Path | None, Path | None], str]] = [
        ((files.cert, None), "--tls-key is missing"),
        ((None, files.key), "--tls-cert is missing"),
        ((tmp_path / "absent", files.key), "absent can't be read"),
        ((files.cert, tmp_path), f"{tmp_path} can't be read"),
        ((files.cert, other.key), "the key is another certificate's"),
        ((files.cert, readable), f"chmod 600 {readable}"),
        ((nothing, files.key), "can't be used"),
    ]
    if made.returncode == 0:
        locked.chmod(0o600)
        tries.append(((files.cert, locked), "needs a pass phrase"))
    for files_given, words in tries:
        with pytest.raises(CommandError) as caught:
            certificate_from(*files_given)
        assert words in f"{caught.value.message} {caught.value.hint}", files_given
        assert (caught.value.exit_code, bool(caught.value.hint)) == (ExitCode.ARGUMENTS, True)
    done = run_command("serve", "--port", "0", "--tls-cert", str(files.cert), data_dir=tmp_path / "data")
    assert done.returncode == 4 and "--tls-key is missing" in done.stderr


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (("--host", "0.0.0.0"), "0.0.0.0 is reached from other machines"),
        (("--public-url", "http://api.example.com"), "http://api.example.com is plain http to another machine"),
    ],
)
def test_plain_http_to_other_machines_is_refused(tmp_path: Path, options: tuple[str, ...], words: str) -> None:
    done = run_command("serve", "--port", "0", *options, data_dir=tmp_path / "data")
    assert done.returncode == 4
    assert words in done.stderr and "--tls-cert" in done.stderr and "--insecure" in done.stderr


@pytest.mark.full
def test_a_node_is_not_sent_to_another_machine_by_plain_http(tmp_path: Path) -> None:
    command = ["gpu-agent-node", "run", "--server", "http://192.0.2.1", "--enroll", "x"]
    program = Path(client_command()).with_name(command[0])
    done = subprocess.run(
        [str(program), *command[1:], "--data-dir", str(tmp_path / "node")],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 4 and "plain http" in done.stderr and "--insecure" in done.stderr
