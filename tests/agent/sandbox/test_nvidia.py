"""Which files of one GPU a box gets. Stand-ins for driver, /dev and /sys: machines that run these tests have no GPU."""

from pathlib import Path

import pynvml  # type: ignore[import-untyped]
import pytest

from agent.sandbox.base import BoxNotStarted, BoxSpec
from agent.sandbox.bubblewrap_arguments import BoxPython, HostFacts, PassedFds, box_arguments
from agent.sandbox.nvidia import GpuBinds, GpuNotThere, binds_of, find_gpu
from tests.agent.nvml.fake_nvml import FakeNvml, InThisProcess

from .conftest import Driver
from .drive import LIMITS, Case


def machine(root: Path) -> Path:
    """Two GPUs, as Linux shows them."""
    for device in ("nvidia0", "nvidia1", "nvidiactl", "nvidia-uvm", "nvidia-uvm-tools", "nvidia-modeset"):
        (root / "dev").mkdir(exist_ok=True)
        (root / "dev" / device).touch()
    for folder in ("devices/system/cpu", "devices/system/node", "module/nvidia", "module/nvidia_uvm", "module/ext4"):
        (root / "sys" / folder).mkdir(parents=True)
    (root / "sys/bus/pci/devices").mkdir(parents=True)
    for bus in ("01", "02"):
        (root / f"sys/devices/pci0000:00/0000:{bus}:00.0").mkdir(parents=True)
        link = root / f"sys/bus/pci/devices/0000:{bus}:00.0"
        link.symlink_to(f"../../../devices/pci0000:00/0000:{bus}:00.0")
        (root / f"proc/driver/nvidia/gpus/0000:{bus}:00.0").mkdir(parents=True)
    return root


def test_one_gpu_is_bound_and_its_neighbour_is_not(tmp_path: Path) -> None:
    binds = binds_of(1, "00000000:02:00.0", machine(tmp_path))
    assert binds == GpuBinds(
        devices=["/dev/nvidia1", "/dev/nvidiactl", "/dev/nvidia-uvm", "/dev/nvidia-uvm-tools"],
        sys_folders=[
            "/sys/devices/system/cpu",
            "/sys/devices/system/node",
            "/sys/module/nvidia",
            "/sys/module/nvidia_uvm",
            "/sys/devices/pci0000:00/0000:02:00.0",
        ],
        sys_link=("../../../devices/pci0000:00/0000:02:00.0", "/sys/bus/pci/devices/0000:02:00.0"),
        hidden_folders=["/proc/driver/nvidia/gpus/0000:01:00.0"],
    )


def test_a_unit_gets_the_device_file_of_its_gpu_which_is_not_the_number_of_the_driver(
    fake: FakeNvml, tmp_path: Path
) -> None:
    (tmp_path / "machine").mkdir()
    root = machine(tmp_path / "machine")
    with InThisProcess(fake) as nvml:
        for place, device, bus in ((1, "/dev/nvidia0", "01"), (2, "/dev/nvidia1", "02")):
            binds = find_gpu(nvml.uuids[place], root)
            assert [path for path in binds.devices if path[-1].isdigit()] == [device]
            assert binds.sys_link is not None and binds.sys_link[1].endswith(f"0000:{bus}:00.0")
        with pytest.raises(GpuNotThere, match="/dev/nvidia2 is missing"):
            find_gpu(nvml.uuids[0], root)
        nvml.world.gpus[1].fault = pynvml.NVML_ERROR_GPU_IS_LOST
        with pytest.raises(GpuNotThere, match="fallen off the bus"):
            find_gpu(nvml.uuids[1], root)
        assert nvml.world.inits == nvml.world.shutdowns


def test_a_gpu_without_a_device_file_is_told(tmp_path: Path) -> None:
    with pytest.raises(BoxNotStarted, match="/dev/nvidia7 is missing"):
        binds_of(7, "00000000:02:00.0", machine(tmp_path))


def test_only_a_gpu_unit_gets_devices_and_sees_what_cuda_reads(tmp_path: Path) -> None:
    host = HostFacts(
        flags=frozenset(),
        root_links={},
        root_folders=[],
        proc_names=frozenset({"devices", "driver", "modules", "kcore"}),
        has_boot_id=False,
        system_site_packages=[],
        empty_file="/empty",
        boot_id_file="/boot_id",
    )
    paths = ("package_dir", "training_module", "output_dir", "checkpoint_dir")
    spec = BoxSpec(
        attempt_id="a",
        slot=0,
        script="train.py",
        interpreter=None,  # type: ignore[arg-type]  # not looked at
        data_dir=None,
        inputs={},
        site_packages_dir=None,
        environment={},
        limits=LIMITS,
        **{name: f"/{name}" for name in paths},
    )
    python = BoxPython("/usr/bin/python3", None, [], {})
    fds = PassedFds(etc={}, status=3, seccomp=4)
    without = box_arguments(spec, host, python, fds)
    with_gpu = box_arguments(spec, host, python, fds, binds_of(0, "00000000:01:00.0", machine(tmp_path)))
    assert "--dev-bind" not in without
    bound = [with_gpu[at + 1] for at, word in enumerate(with_gpu) if word == "--dev-bind"]
    assert bound == ["/dev/nvidia0", "/dev/nvidiactl", "/dev/nvidia-uvm", "/dev/nvidia-uvm-tools"]
    assert with_gpu.index("--dev-bind") < with_gpu.index("--remount-ro", with_gpu.index("--dev"))
    for name in ("/proc/devices", "/proc/driver", "/proc/modules"):
        assert name in without and name not in with_gpu
    assert "/proc/kcore" in with_gpu
    hidden = with_gpu.index("/proc/driver/nvidia/gpus/0000:02:00.0")
    assert with_gpu[hidden - 1] == "--tmpfs"
    assert hidden < max(at for at, word in enumerate(with_gpu) if word == "/proc")  # before that is read-only
    assert not any("0000:01:00.0" in word and "/proc" in word for word in with_gpu)


def test_a_gpu_that_is_not_there_ends_the_start_in_words(confined: Driver) -> None:
    with pytest.raises(BoxNotStarted):
        find_gpu("GPU-00000000-0000-0000-0000-000000000000")
    outcome = confined.run(Case("print('ran')", gpu_uuid="GPU-00000000-0000-0000-0000-000000000000"))
    assert outcome.stdout == [] and outcome.not_started is not None
    assert outcome.not_started.startswith("the GPU GPU-00000000-0000-0000-0000-000000000000 can't be given to a unit: ")
