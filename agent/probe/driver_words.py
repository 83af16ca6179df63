"""What NVIDIA's driver answers when something is wrong, in words for the owner, and what to do next."""

import msgspec
import pynvml  # type: ignore[import-untyped]  # nvidia-ml-py ships no types

_LOOK_AT_KERNEL = "look for Xid with: sudo dmesg | grep -i xid"


class Advice(msgspec.Struct, frozen=True):
    """What is wrong, and the next step; either may be empty."""

    words: str
    next_step: str = ""

    @property
    def in_one_line(self) -> str:
        return f"{self.words} (to mend it: {self.next_step})" if self.next_step else self.words


_KNOWN = {
    pynvml.NVML_ERROR_LIBRARY_NOT_FOUND: Advice(
        "no NVIDIA driver is installed",
        "for an NVIDIA GPU install its driver (sudo ubuntu-drivers install, or your distribution's package), then "
        "restart the computer",
    ),
    pynvml.NVML_ERROR_DRIVER_NOT_LOADED: Advice(
        "the NVIDIA driver is installed, and the kernel has not loaded it",
        "sudo modprobe nvidia; if that fails, sudo dkms autoinstall, then restart the computer",
    ),
    pynvml.NVML_ERROR_NO_PERMISSION: Advice(
        "the NVIDIA driver does not let this user in",
        "compare: ls -l /dev/nvidia*; then sudo usermod -aG video,render $USER, and sign in again",
    ),
    pynvml.NVML_ERROR_LIB_RM_VERSION_MISMATCH: Advice(
        "the NVIDIA driver was updated, and the kernel still runs the one before",
        "restart the computer",
    ),
    pynvml.NVML_ERROR_GPU_IS_LOST: Advice(
        "the GPU no longer answers: it has fallen off the bus",
        f"{_LOOK_AT_KERNEL}; restart the computer; if it comes again, look at the GPU's power cables and heat",
    ),
    pynvml.NVML_ERROR_RESET_REQUIRED: Advice(
        "the GPU must be reset before anything can run on it", "sudo nvidia-smi --gpu-reset, or restart the computer"
    ),
    pynvml.NVML_ERROR_IRQ_ISSUE: Advice(
        "the GPU's interrupts don't arrive", f"{_LOOK_AT_KERNEL}; restart the computer"
    ),
}


def advice_for(error: pynvml.NVMLError) -> Advice:
    """Words for what the driver answered."""
    known = _KNOWN.get(error.value)
    return known or Advice(f"the NVIDIA driver does not answer as it should: {error}", f"nvidia-smi; {_LOOK_AT_KERNEL}")


def silent_for(seconds: float) -> Advice:
    """Words for a driver that has not come back from a question."""
    return Advice(
        f"the NVIDIA driver has not answered for {seconds:.0f} seconds", f"{_LOOK_AT_KERNEL}; restart the computer"
    )


NOT_THERE = Advice("the GPU is no longer there", "look whether it is plugged in and switched on; restart the computer")
