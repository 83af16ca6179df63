"""The argument list of bubblewrap: a function of a spec and of facts about this machine, with no I/O of its own.

What is bound, masked and closed, and in which order, is decided here and nowhere else.
"""

from pathlib import Path

import msgspec

from agent.sandbox import contract
from agent.sandbox.base import BoxNotStarted, BoxSpec
from agent.sandbox.nvidia import PROC_NAMES_NEEDED, GpuBinds

BOX_UID = 1000

# fmt: off
REQUIRED_FLAGS = frozenset((
    "--args", "--bind", "--cap-drop", "--chdir", "--clearenv", "--dev", "--die-with-parent", "--dir", "--gid",
    "--hostname", "--json-status-fd", "--new-session", "--perms", "--proc", "--remount-ro", "--ro-bind",
    "--ro-bind-data", "--ro-bind-try", "--seccomp", "--setenv", "--symlink", "--tmpfs", "--uid", "--unshare-cgroup-try",
    "--unshare-ipc", "--unshare-net", "--unshare-pid", "--unshare-user", "--unshare-uts",
))
# fmt: on

ETC_FILES = {
    "passwd": "root:x:0:0:root:/:/usr/sbin/nologin\nunit:x:1000:1000:unit:/tmp:/bin/sh\n",
    "group": "root:x:0:\nunit:x:1000:\n",
    "hosts": "127.0.0.1 localhost node\n::1 localhost\n",
    "nsswitch.conf": "passwd: files\ngroup: files\nhosts: files\n",
}

# What /proc tells of the machine and its owner beyond what training needs: what Docker masks, and more. psutil opens
# those of _EMPTY_IN_PROC and must find a file that it may read.
# fmt: off
_NULL_IN_PROC = (
    "kcore", "keys", "latency_stats", "timer_list", "sched_debug", "key-users", "kallsyms", "kmsg",
    "kpagecgroup", "kpagecount", "kpageflags", "pagetypeinfo", "slabinfo", "vmallocinfo", "allocinfo",
    "buddyinfo", "config.gz", "consoles", "crypto", "devices", "dma", "execdomains", "fb", "iomem", "ioports",
    "locks", "mdstat", "misc", "modules", "mtrr", "schedstat",
)
# fmt: on
_EMPTY_IN_PROC = ("cmdline", "diskstats", "interrupts", "partitions", "swaps")
_FOLDERS_IN_PROC = ("acpi", "asound", "bus", "driver", "dynamic_debug", "fs", "irq", "scsi", "tty")
BOOT_ID = "/proc/sys/kernel/random/boot_id"


class HostFacts(msgspec.Struct, frozen=True):
    """What the argument list depends on: flags bwrap knows, links and folders beside /usr, what /proc holds here.

    `empty_file` and `boot_id_file` are host files of ours, readable by the box's uid.
    """

    flags: frozenset[str]
    root_links: dict[str, str]
    root_folders: list[str]
    proc_names: frozenset[str]
    has_boot_id: bool
    system_site_packages: list[str]
    empty_file: str
    boot_id_file: str


def look_at_host(flags: frozenset[str], empty_file: str, boot_id_file: str) -> HostFacts:
    """Gather the facts, once for the life of an agent."""
    roots = [Path("/") / name for name in ("bin", "sbin", "lib", "lib32", "lib64", "libx32")]
    libraries = [Path(base) / lib for base in ("/usr", "/usr/local") for lib in ("lib", "lib64")]
    site_packages = [
        folder
        for library in libraries
        for pattern in ("python3*/site-packages", "python3*/dist-packages")
        for folder in library.glob(pattern)
        if folder.is_dir() and not folder.is_symlink()
    ]
    return HostFacts(
        flags=flags,
        root_links={str(root): str(root.readlink()) for root in roots if root.is_symlink()},
        root_folders=[str(root) for root in roots if root.is_dir() and not root.is_symlink()],
        proc_names=frozenset(entry.name for entry in Path("/proc").iterdir() if not entry.name.isdigit()),
        has_boot_id=Path(BOOT_ID).exists(),
        system_site_packages=sorted(map(str, site_packages)),
        empty_file=empty_file,
        boot_id_file=boot_id_file,
    )


class PassedFds(msgspec.Struct, frozen=True):
    """Numbers of the descriptors that bwrap inherits: one a file of /etc, the status pipe, the seccomp program."""

    etc: dict[str, int]
    status: int
    seccomp: int


class BoxPython(msgspec.Struct, frozen=True):
    """The interpreter as the box sees it: `bound_prefix` is the host folder bound at /unit/interpreter, if any."""

    executable: str
    bound_prefix: str | None
    hidden: list[str]
    environment: dict[str, str]


def box_arguments(
    spec: BoxSpec, host: HostFacts, python: BoxPython, fds: PassedFds, gpu: GpuBinds | None = None
) -> list[str]:
    """bwrap's arguments up to, not including, the command. Raises BoxNotStarted for a spec that can't be boxed."""
    contract.check_spec(spec)
    arguments = [
        *_isolation(host, fds),
        *_system(host, fds),
        *_proc(host, PROC_NAMES_NEEDED if gpu is not None else frozenset()),
        *_devices(spec, host, gpu),
        *_unit(spec, python),
        *("--remount-ro", "/proc", "--remount-ro", "/dev", "--remount-ro", "/"),
        *_environment(spec, python),
        *("--chdir", contract.PACKAGE),
        *("--seccomp", str(fds.seccomp)),
    ]
    if any("\0" in argument for argument in arguments):
        raise BoxNotStarted("a NUL byte in a path or a variable would end an argument of bubblewrap")
    return arguments


def tool_arguments(folder: Path) -> list[str]:
    """bwrap's arguments up to, not including, a tool of ours: the whole machine read-only but for one folder."""
    namespaces = ["user", "ipc", "pid", "uts", "cgroup-try"]
    return [
        *(f"--unshare-{namespace}" for namespace in namespaces),
        *("--new-session", "--die-with-parent", "--cap-drop", "ALL"),
        *("--ro-bind", "/", "/", "--dev", "/dev", "--proc", "/proc", "--bind", str(folder), str(folder)),
        *("--chdir", str(folder), "--"),
    ]


def _isolation(host: HostFacts, fds: PassedFds) -> list[str]:
    namespaces = ["user", "ipc", "pid", "net", "uts", "cgroup-try"]
    return [
        *(f"--unshare-{namespace}" for namespace in namespaces),
        *(["--disable-userns"] if "--disable-userns" in host.flags else []),
        *("--uid", str(BOX_UID), "--gid", str(BOX_UID)),
        *("--hostname", "node", "--new-session", "--die-with-parent", "--cap-drop", "ALL"),
        *("--json-status-fd", str(fds.status)),
    ]


def _system(host: HostFacts, fds: PassedFds) -> list[str]:
    arguments = ["--ro-bind", "/usr", "/usr"]
    for link, target in host.root_links.items():
        arguments += ["--symlink", target, link]
    for folder in host.root_folders:
        arguments += ["--ro-bind", folder, folder]
    for folder in host.system_site_packages:  # what the owner installed is not part of a unit's environment
        arguments += _hidden_folder(folder)
    arguments += ["--dir", "/etc"]
    for name, fd in fds.etc.items():
        arguments += ["--perms", "0444", "--ro-bind-data", str(fd), f"/etc/{name}"]
    for path in ("/etc/ld.so.cache", "/etc/alternatives"):
        arguments += ["--ro-bind-try", path, path]
    return arguments


def _proc(host: HostFacts, needed: frozenset[str]) -> list[str]:
    here = host.proc_names - needed
    arguments = ["--proc", "/proc"]
    for name in _NULL_IN_PROC:
        if name in here:
            arguments += ["--ro-bind", "/dev/null", f"/proc/{name}"]
    for name in _EMPTY_IN_PROC:
        if name in here:
            arguments += ["--ro-bind", host.empty_file, f"/proc/{name}"]
    for name in _FOLDERS_IN_PROC:
        if name in here:
            arguments += _hidden_folder(f"/proc/{name}")
    if host.has_boot_id:
        arguments += ["--ro-bind", host.boot_id_file, BOOT_ID]
    return arguments


def _hidden_folder(folder: str) -> list[str]:
    return ["--tmpfs", folder, "--remount-ro", folder]


def _sized(host: HostFacts, size_bytes: int) -> list[str]:
    # bwrap before 0.7 can't size a tmpfs: half the machine's memory, with the watcher alone to see it fill.
    return ["--size", str(size_bytes)] if "--size" in host.flags else []


def _devices(spec: BoxSpec, host: HostFacts, gpu: GpuBinds | None) -> list[str]:
    shm, tmp = spec.limits.shm_mb * 1024 * 1024, spec.limits.tmp_mb * 1024 * 1024
    return [
        *("--dev", "/dev"),
        *("--perms", "1777", *_sized(host, shm), "--tmpfs", "/dev/shm"),
        *(_gpu(gpu) if gpu is not None else []),
        *("--perms", "1777", *_sized(host, tmp), "--tmpfs", "/tmp"),
    ]


def _gpu(gpu: GpuBinds) -> list[str]:
    arguments = []
    for device in gpu.devices:
        arguments += ["--dev-bind", device, device]
    for folder in gpu.sys_folders:
        arguments += ["--ro-bind", folder, folder]
    if gpu.sys_link is not None:
        target, link = gpu.sys_link
        arguments += ["--symlink", target, link]
    for folder in gpu.hidden_folders:
        arguments += _hidden_folder(folder)
    return arguments


def _unit(spec: BoxSpec, python: BoxPython) -> list[str]:
    arguments = ["--dir", "/unit", "--ro-bind", spec.package_dir, contract.PACKAGE, "--dir", contract.INPUTS]
    if spec.data_dir is not None:
        arguments += ["--ro-bind", spec.data_dir, contract.DATA]
    for name in sorted(spec.inputs):  # "train" comes before "train/checkpoint", which is mounted on a folder in it
        arguments += ["--ro-bind", spec.inputs[name], f"{contract.INPUTS}/{name}"]
    if spec.site_packages_dir is not None:
        arguments += ["--ro-bind", spec.site_packages_dir, contract.SITE_PACKAGES]
    arguments += ["--ro-bind", spec.training_module, contract.TRAINING_MODULE]
    if python.bound_prefix is not None:
        arguments += ["--ro-bind", python.bound_prefix, contract.INTERPRETER]
    for folder in python.hidden:
        arguments += _hidden_folder(folder)
    return [
        *arguments,
        *("--bind", spec.output_dir, contract.OUTPUT),
        *("--bind", spec.checkpoint_dir, contract.CHECKPOINT),
    ]


def _environment(spec: BoxSpec, python: BoxPython) -> list[str]:
    site_packages = [contract.SITE_PACKAGES] if spec.site_packages_dir is not None else []
    variables = contract.unit_environment(
        {**spec.environment, **python.environment},
        data=contract.DATA if spec.data_dir is not None else None,
        inputs=contract.INPUTS,
        output=contract.OUTPUT,
        checkpoint=contract.CHECKPOINT,
        home=contract.HOME,
        path=f"{Path(python.executable).parent}:/usr/bin:/bin",
        python_path=[contract.OURS, *site_packages],
        gpu_uuid=spec.gpu_uuid,
    )
    arguments = ["--clearenv"]
    for name, value in variables.items():
        arguments += ["--setenv", name, value]
    return arguments
