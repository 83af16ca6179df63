"""Runs a command on this checkout in a bare Debian (python3, git, no pip, no ensurepip). Needs root, debootstrap.

    python3 tests/end_to_end/bare_debian.py --suite trixie [--user] [--keep FOLDER] [--bind PATH] -- COMMAND …

debootstrap makes the system once, in /tmp/bare-SUITE; each run sees it through an overlay of its own: it stays bare.
It is entered by pivot_root in new mount and PID namespaces, since a process in a chroot may not create user namespaces.
The network, its proxies and certificates and pip's settings are this machine's. Not a test by itself: tests call it.
"""

import argparse
import configparser
import contextlib
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[2]
USER = "tester"
DEBOOTSTRAP_SCRIPTS = Path("/usr/share/debootstrap/scripts")
CARRIED_FILES = ("/etc/resolv.conf", "/etc/hosts", "/etc/ssl/certs/ca-certificates.crt", "/etc/pip.conf")
CARRIED_FOLDERS = ("/usr/local/share/ca-certificates", "/etc/xdg/pip")
CARRIED_APT_SETTINGS = ("Acquire::http", "Acquire::https", "Acquire::Check", "Acquire::Retries")
CARRIED_VARIABLES = ("PIP_", "UV_", "SSL_CERT_", "REQUESTS_CA_", "CURL_CA_", "HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY")


def main() -> None:
    """Makes the system if need be, enters it and gives the command's exit code."""
    options = parse()
    if os.geteuid() != 0:
        sys.exit("Entering another system needs root: sudo python3 tests/end_to_end/bare_debian.py …")
    if options.inside is not None:
        enter(options, Path(options.inside))
    base = Path(f"/tmp/bare-{options.suite}")
    make_base(base, options.suite)
    with overlay_folder(options.keep) as folder:
        here = [sys.executable, str(Path(__file__).resolve()), *sys.argv[1:]]
        here[2:2] = ["--inside", str(folder)]
        namespaces = ["unshare", "--mount", "--propagation", "private", "--pid", "--fork", "--kill-child"]
        ended = subprocess.run([*namespaces, *here], check=False)
    sys.exit(ended.returncode)


def parse() -> argparse.Namespace:
    """The command line; `--inside` is how it starts itself in the new namespaces."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--suite", choices=["bookworm", "trixie", "forky"], default="trixie")
    parser.add_argument("--user", action="store_true", help="run as an ordinary user instead of root")
    parser.add_argument("--keep", metavar="FOLDER", help="keep what the run changed here, and start from it next time")
    parser.add_argument("--bind", metavar="PATH", action="append", default=[], help="show PATH in there too, read-only")
    parser.add_argument("--inside", help=argparse.SUPPRESS)
    parser.add_argument("command", nargs="+", metavar="COMMAND")
    return parser.parse_args()


def own_mirror() -> str:
    """Where this machine has its own Debian packages from."""
    asked = ["apt-get", "indextargets", "--format", "$(REPO_URI)"]
    found = subprocess.run(asked, check=True, capture_output=True, text=True).stdout.split()
    if not found:
        raise SystemExit("apt-get names no repository: run apt-get update first")
    return found[0]


def make_base(base: Path, suite: str) -> None:
    """A bare system by debootstrap; made beside its place, so that an interrupted one doesn't count."""
    if base.is_dir():
        return
    unfinished = Path(tempfile.mkdtemp(prefix=f"{base.name}.", dir=base.parent))
    unfinished.chmod(0o755)
    packages = "--include=ca-certificates,python3,git"
    command = ["debootstrap", "--variant=minbase", packages, suite, str(unfinished), own_mirror()]
    if not (DEBOOTSTRAP_SCRIPTS / suite).exists():  # a suite younger than this debootstrap
        command.append(str(DEBOOTSTRAP_SCRIPTS / "sid"))
    subprocess.run(command, check=True)
    unfinished.rename(base)


@contextlib.contextmanager
def overlay_folder(kept: str | None) -> Iterator[Path]:
    """Where a run's changes go: a temporary folder, or the one that is kept."""
    if kept is not None:
        folder = Path(kept).resolve()
        folder.mkdir(parents=True, exist_ok=True)
        yield folder
        return
    folder = Path(tempfile.mkdtemp(prefix="bare-run-"))
    try:
        yield folder
    finally:
        shutil.rmtree(folder)


def enter(options: argparse.Namespace, folder: Path) -> None:
    """In the new namespaces: mounts the overlay, prepares it, makes it the root and becomes the command."""
    root = folder / "root"
    for name in ("upper", "work", "root"):
        (folder / name).mkdir(exist_ok=True)
    layers = f"lowerdir=/tmp/bare-{options.suite},upperdir={folder / 'upper'},workdir={folder / 'work'}"
    mount("-t", "overlay", "overlay", "-o", layers, str(root))
    carry_settings(root)
    home = prepare_user(root) if options.user else Path("/root")
    checkout = home / "gpu-agent"
    copy_checkout(root / checkout.relative_to("/"))
    if options.user:
        subprocess.run(["chroot", str(root), "chown", "-R", f"{USER}:", str(home)], check=True)
    mount("-t", "proc", "proc", str(root / "proc"))
    for name in ("dev", "sys"):
        mount("--rbind", f"/{name}", str(root / name))
    for path in [*options.bind, *local_package_folders()]:
        bind_read_only(Path(path), root)
    (root / "old").mkdir(exist_ok=True)
    os.chdir(root)
    subprocess.run(["pivot_root", ".", "old"], check=True)
    os.chroot(".")
    subprocess.run(["umount", "--lazy", "/old"], check=True)
    become(options, home, checkout)


def become(options: argparse.Namespace, home: Path, checkout: Path) -> None:
    """Runs the command with a fresh login's few variables, as the init that these namespaces need; never returns."""
    env = {"PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "HOME": str(home), "LANG": "C.UTF-8"}
    env |= {name: value for name, value in os.environ.items() if name.upper().startswith(CARRIED_VARIABLES)}
    env["TERM"] = os.environ.get("TERM", "dumb")
    os.chdir(checkout)
    command = list(options.command)
    if options.user:
        command = ["setpriv", f"--reuid={USER}", f"--regid={USER}", "--init-groups", *command]
    child = subprocess.Popen(command, env=env)
    while True:  # also takes leave of orphans, which come to the first process of a PID namespace
        ended, status = os.wait()
        if ended == child.pid:
            sys.exit(os.waitstatus_to_exitcode(status) % 256)


def mount(*arguments: str) -> None:
    subprocess.run(["mount", *arguments], check=True)


def carry_settings(root: Path) -> None:
    """The system reaches the archive and the package index the way this machine does."""
    for name in CARRIED_FILES:
        source, target = Path(name), root / name[1:]
        if source.is_file():
            target.unlink(missing_ok=True)
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(source, target)
    for name in CARRIED_FOLDERS:
        if Path(name).is_dir():
            shutil.copytree(name, root / name[1:], dirs_exist_ok=True)
    settings = subprocess.run(["apt-config", "dump"], check=True, capture_output=True, text=True).stdout.splitlines()
    carried = [line for line in settings if line.startswith(CARRIED_APT_SETTINGS)]
    (root / "etc/apt/apt.conf.d/90-host").write_text("\n".join(carried) + "\n", encoding="utf-8")
    user_settings = Path.home() / ".config/pip/pip.conf"
    if user_settings.is_file():
        merge_pip_settings(root / "etc/pip.conf", user_settings)


def merge_pip_settings(target: Path, source: Path) -> None:
    """root's own pip settings hold for every user in there."""
    merged = configparser.RawConfigParser()
    merged.read([target, source], encoding="utf-8")
    with target.open("w", encoding="utf-8") as file:
        merged.write(file)


def local_package_folders() -> list[str]:
    """Folders of this machine that pip's settings name as sources; an index's pages lead to its neighbours."""
    settings = configparser.RawConfigParser()
    settings.read(["/etc/pip.conf", Path.home() / ".config/pip/pip.conf"], encoding="utf-8")
    words = [os.environ.get("PIP_FIND_LINKS", "")]
    words += [value for section in settings.sections() for _, value in settings.items(section)]
    paths = {word.removeprefix("file://").removesuffix("/simple") for text in words for word in text.split()}
    return sorted(path for path in paths if path.startswith("/") and Path(path).is_dir())


def bind_read_only(path: Path, root: Path) -> None:
    """Shows a file or folder of this machine at the same place in there."""
    target = root / path.relative_to("/")
    if path.is_dir():
        target.mkdir(parents=True, exist_ok=True)
    else:
        target.parent.mkdir(parents=True, exist_ok=True)
        target.touch()
    mount("--bind", str(path), str(target))
    mount("-o", "remount,bind,ro", str(target))


def prepare_user(root: Path) -> Path:
    """The ordinary user, made if the kept folder doesn't have it yet; gives the home folder."""
    if subprocess.run(["chroot", str(root), "id", USER], check=False, capture_output=True).returncode != 0:
        subprocess.run(["chroot", str(root), "useradd", "--create-home", USER], check=True)
    return Path("/home") / USER


def copy_checkout(target: Path) -> None:
    """The files that git tracks, as they are in the working tree."""
    listed = subprocess.run(["git", "-C", str(PROJECT), "ls-files", "-z"], check=True, capture_output=True).stdout
    for name in filter(None, listed.decode().split("\0")):
        source = PROJECT / name
        if source.is_symlink() or source.is_file():
            (target / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(source, target / name, follow_symlinks=False)


if __name__ == "__main__":
    main()
