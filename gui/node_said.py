"""What a node says of itself in English, in the language shown now: each sentence of its that is known.

A sentence that isn't known is shown as the node said it. Paths, versions and what programs said stay as they are. No
kind goes over the wire beside the words: nodes older and newer than this window are understood alike.
"""

import re
from functools import lru_cache

from PySide6.QtCore import QCoreApplication

_LONGEST = 800


def said_words(text: str) -> str:
    """The same in the language shown now. Of several sentences in a row each is said by itself where all are
    known so; else they may be known as one."""
    if len(text) > _LONGEST:  # no sentence of a node's, but what a server may have had it say
        return text
    parts = text.split(_AND)
    said = [_said(part) for part in parts]
    if None in said and (whole := _said(text)) is not None:
        return whole
    return _tr(_AND).join(one or part for one, part in zip(said, parts, strict=True)) if any(said) else text


def _said(text: str) -> str | None:
    for pattern, template in _known():
        if found := pattern.fullmatch(text):
            return _tr(template).format(*map(said_words, found.groups()))
    return None


@lru_cache(maxsize=1)
def _known() -> list[tuple[re.Pattern[str], str]]:
    return [(re.compile(_pattern_of(template), re.DOTALL), template) for template in TEMPLATES]


def _pattern_of(template: str) -> str:
    parts = re.split(r"\{\d\}", template)
    return "(.+?)".join(map(re.escape, parts))


def _tr(text: str) -> str:
    return QCoreApplication.translate("node_said", text)


def _mark(text: str) -> str:
    """Translated later."""
    return text


_AND = _mark("; ")

# Of two that fit one sentence the narrower stands first.
TEMPLATES = [
    _mark("{0} (to mend it: {1})"),
    # the service's half of why nothing is earned (agent.why)
    _mark("{0} of {1} units that wait can run here; {2}"),
    _mark("{0} other free machines could take them too"),
    _mark("another free machine could take them too"),
    _mark("{0} of {1} units that wait can't run here: {2}"),
    _mark("{0} units wait whose packages you block"),
    _mark("nothing waits at the service now"),
    # what is wrong with a GPU or its driver
    _mark("no NVIDIA driver is installed"),
    _mark("the driver has no GPU"),
    _mark("the NVIDIA driver is installed, and the kernel has not loaded it"),
    _mark("the NVIDIA driver does not let this user in"),
    _mark("the NVIDIA driver was updated, and the kernel still runs the one before"),
    _mark("the NVIDIA driver has not answered for {0} seconds"),
    _mark("the NVIDIA driver does not answer as it should: {0}"),
    _mark("the GPU no longer answers: it has fallen off the bus"),
    _mark("the GPU must be reset before anything can run on it"),
    _mark("the GPU's interrupts don't arrive"),
    _mark("the GPU is no longer there"),
    _mark("the GPU's device file {0} is missing"),
    _mark("the self-test failed: {0}"),
    _mark("it is cut into parts (MIG), which are not offered yet"),
    _mark("units run on NVIDIA's GPUs only as yet; its processors and memory are shared all the same"),
    # what mends it
    _mark(
        "for an NVIDIA GPU install its driver (sudo ubuntu-drivers install, or your distribution's package), then "
        "restart the computer"
    ),
    _mark("sudo modprobe nvidia; if that fails, sudo dkms autoinstall, then restart the computer"),
    _mark("compare: ls -l /dev/nvidia*; then sudo usermod -aG video,render $USER, and sign in again"),
    _mark("sudo nvidia-smi --gpu-reset, or restart the computer"),
    _mark("look whether it is plugged in and switched on; restart the computer"),
    _mark("{0}; restart the computer; if it comes again, look at the GPU's power cables and heat"),
    _mark("{0}; restart the computer"),
    _mark("restart the computer"),
    _mark("look for Xid with: sudo dmesg | grep -i xid"),
    _mark("to share the whole of it: sudo nvidia-smi -mig 0"),
    # what a GPU is held to while a unit works on it
    _mark("{0}, set again after it was undone"),
    _mark("{0}: something else sets it again and again, so it is left alone"),
    _mark("its power is {0} to {1} W"),
    _mark("its fan is {0} to {1} %"),
    _mark("held"),
    _mark("no longer held"),
    _mark("its power and fan are as low as its rules say already"),
    _mark("its power is not held to {0} W: {1}"),
    _mark("its fan is not held to {0} %: {1}"),
    _mark("its power and fan could not be set: {0}"),
    _mark("its power and fan are left alone, since what they were can't be kept: {0}"),
    _mark("{0}: what its power and fan were could not be put back: {1}"),
    _mark("the driver refuses it, though this is root: in a container?"),
    _mark("needs root: {0}"),
    _mark("run the node with sudo, or leave power_watts and fan_percent out of the GPU's rules"),
    _mark("the card does not let it be set ({0})"),
    # why a unit is given back
    _mark("the owner paused the node"),
    _mark("the owner stopped the node"),
    _mark("a rule of the node's owner paused the node"),
    _mark("a rule of the node's owner paused its GPU"),
    _mark("the node's owner doesn't take this package"),
    _mark("the node's owner doesn't take jobs of this sensitivity"),
    _mark("it needs more than the node's owner shares"),
    # what keeps it from its server, and from its rules
    _mark("this node program is too old for its server: {0}. {1}"),
    _mark("the server says: {0}"),
    _mark("The name of {0} can't be found."),
    _mark("Nothing answers at {0}."),
    _mark("{0} can't be spoken to by https: {1}"),
    _mark("{0} can't be reached: {1}"),
    _mark("{0} can't be reached"),
    _mark("The connection to {0} broke: {1}"),
    _mark("The connection to {0} broke"),
    _mark(
        "the rules in {0} can't be read: {1}. Nothing runs until they can: mend the file and start the node again, or "
        "write all rules anew with: gpu-agent-node rules set FILE"
    ),
    # what confines units
    _mark("units run {0} in {1}: no network, a read-only system, nothing of the owner's files or processes"),
    _mark("with a user id of their own"),
    _mark("with the node's user id"),
    _mark(
        "the node runs as root in a container that has no other user id for a customer's code, and root's own would "
        "leave it unconfined: run the node as an ordinary user"
    ),
    _mark("of their own for files, processes, network and users ({0})"),
    _mark("one of their own"),
    _mark("the node's, without any privilege"),
    _mark("those on a list only (seccomp)"),
    _mark("memory, processes and processors by the kernel (cgroups, version {0})"),
    _mark("memory is looked at five times a second, since {0}"),
    _mark("bytes and files by the kernel: each unit writes to an image of the size that was agreed"),
    _mark("bytes and files are looked at five times a second, since only root may mount an image"),
    _mark("bytes and files are looked at five times a second, since no image can be mounted: {0}"),
    _mark("what packages require is installed by a process that writes nowhere else"),
    # before a check was made
    _mark("scripts that try to get out"),
    _mark("seccomp, built and loaded"),
    _mark("code that takes too much"),
    _mark("bytes up and down"),
    _mark("fetch, train, checkpoint, resume, upload"),
    _mark("driver {0}, memory and arithmetic"),
    _mark("memory taken, then a kill"),
    # why one was left out
    _mark("it was stopped before"),
    _mark("its owner left the line out"),
    _mark("a unit uses this GPU"),
    _mark("its owner does not share this GPU"),
    _mark("a unit needs the line"),
    _mark("this node is not enrolled at a server yet"),
    _mark("there is no Python to run in a box"),
    _mark("no GPU to test: {0}"),
    _mark("{0} seconds were used up before"),
    _mark("it did not come to its end within {0} seconds: the machine is busy"),
    # what was found
    _mark("{0} in {1} ms, protocol {2}"),
    _mark("a script ran in {0} s; layers that hold: {1}"),
    _mark("{0} scripts tried to get out, none did"),
    _mark("seccomp, loaded: {0} calls that lead out were refused"),
    _mark("{0}; {1} processes were made where {2} may be"),
    _mark("{0}: a {1} MiB bomb ended in {2} s"),
    _mark("by cgroups"),
    _mark("by a watcher"),
    _mark("{0} GB to share, {1}"),
    _mark("writes {0} MB/s, syncs in {1} ms"),
    _mark("driver {0}, {1} GB, {2} TFLOPS, {3} GB of it tested, results equal"),
    _mark("{0} MiB taken, free again {1} s after a kill"),
    _mark("{0} Mbit/s down, {1} Mbit/s up"),
    _mark(
        "fetched, stopped at step {0} of {1}, went on from there, right; {2} bytes ready to send; {3} boxes in {4} s"
    ),
    # why one failed
    _mark("the server answers: {0}"),
    _mark("{0} answers: {1}"),
    _mark("{0} speaks protocol {1}, this node {2}"),
    _mark("no Python 3.11 to 3.14 was found to run units with"),
    _mark("bubblewrap is not installed"),
    _mark("{0} does not run: {1}"),
    _mark("the installed bubblewrap is too old: it lacks {0} (0.5 of 2021 has them)"),
    _mark("there is no Python to run in it"),
    _mark("a script that only says that it runs ended so: {0}"),
    _mark("AppArmor forbids user namespaces to programs without a profile: {0}"),
    _mark("this kernel is set to forbid user namespaces (kernel.unprivileged_userns_clone = 0): {0}"),
    _mark("this kernel is set to allow no user namespaces (user.max_user_namespaces = 0): {0}"),
    _mark("namespaces are forbidden here, as they are in most containers and in a chroot: {0}"),
    _mark("a new /proc can't be mounted here, as in a container that masks parts of it: {0}"),
    _mark("bubblewrap failed: {0}"),
    _mark("units run with a user id of their own, which may not enter {0}"),
    _mark("code of a unit gets out of the box: {0}"),
    _mark("{0} of {1} scripts got out"),
    _mark("no filter of system calls is loaded in the box"),
    _mark("the filter lets through: {0}"),
    _mark("{0} of {1} calls were let through"),
    _mark("code that was given {0} MiB of memory was not stopped for it: {1}"),
    _mark("code that was given {0} processes made {1}"),
    _mark("the scripts in the box did not come to their end: {0}"),
    _mark("only {0} MiB of the disk can be shared, {1} are the least"),
    _mark("the test in the box did not come to its end: {0}"),
    _mark("CUDA does not run in the box: {0}"),
    _mark("memory of the GPU could not be taken: {0}"),
    _mark("it ended before"),
    _mark("the driver does not tell how much of the GPU's memory is free"),
    _mark("{0} s after a kill the GPU's memory is not free again"),
    _mark("no Python here runs the unit: {0}"),
    _mark("the unit's files could not be put together: {0}"),
    _mark("the unit did not stop with a checkpoint when it was told to"),
    _mark("the unit did not go on from its checkpoint"),
    _mark("the unit's result is not what it has to be"),
    _mark("the box could not be made: {0}"),
    _mark("the system refused: {0}"),
    # what to do
    _mark("Look whether this machine reaches the network, and whether a proxy or firewall stands in the way"),
    _mark("Ask whoever runs the server; until then the node tries again by itself"),
    _mark("Update this program: what the node holds is finished and kept"),
    _mark("Install one"),
    _mark("Start the node again"),
    _mark("Get the profiles that Ubuntu leaves out"),
    _mark("Put the one for bubblewrap in its place"),
    _mark("Load it; no restart is needed"),
    _mark("Change the setting now"),
    _mark("Keep it so after a restart of the machine"),
    _mark("Start the node so that it gets cgroups of its own"),
    _mark("Say this in a terminal"),
    _mark("run the node on the machine itself"),
    _mark("or start the container with: {0}"),
    _mark("or set {0} to a folder that everyone may pass through"),
    _mark("Bring bubblewrap and the kernel up to date, and start the machine again"),
    _mark("Read what each layer of the box says"),
    _mark("If it stays so, tell whoever makes this program: until then nothing is run here"),
    _mark("See what fills it"),
    _mark("Make room, or give the node another disk with --data-dir"),
    _mark("Look at what the driver says of the card"),
    _mark("Install the newest driver of the system's own packages, and start the machine again"),
    _mark("Undo overclocking, of the memory too, and look at the card's temperature"),
    _mark("If it stays so, the card is broken: nothing is run on it"),
    _mark("See what holds it"),
    # what it can't see of who uses the machine
    _mark("no login with a screen is known to the node, nor has it one itself (DISPLAY, WAYLAND_DISPLAY)"),
    _mark("the screen of user {0} can't be seen by the node, which is user {1}"),
    _mark("Windows doesn't tell of input in this session (is the node a service?)"),
    _mark("Windows doesn't tell what fills the screen"),
    _mark("Windows doesn't tell what it draws on"),
    _mark("Windows doesn't tell what its network costs"),
    _mark("Windows doesn't know what its network costs"),
    _mark("macOS has no system of keys and pointers (IOHIDSystem)"),
    _mark("macOS doesn't tell when it was last used (HIDIdleTime)"),
    _mark("macOS doesn't tell what is on the screen in this session"),
    _mark("macOS tells programs of this kind nothing of what a network costs"),
    _mark("under Wayland the X server of {0} sees only its own programs' keys"),
    _mark("the X server of {0} lacks the extension {1}"),
    _mark("no window manager on {0} tells which windows fill the screen"),
    _mark("the desktop of login {0} doesn't tell logind when it is idle"),
    _mark("the list of power supplies can't be read: {0}"),
    _mark("NetworkManager doesn't know it (is this network another program's?)"),
    _mark("Wayland doesn't tell which windows fill the screen"),
    _mark("of Wayland's windows only those of X11's programs can be seen, and none of these fills a screen"),
    _mark("the Wayland compositor at {0} has hung up"),
    _mark("under Wayland this machine lacks the library pywayland"),
    _mark("Wayland can't be asked at {0}: {1}"),
    _mark("this Wayland compositor doesn't tell when it is used (it lacks ext-idle-notify-v1)"),
    _mark("{0} doesn't count how long it is unused"),
    _mark("{0} is no terminal"),
    _mark("{0} can't be seen: {1}"),
    _mark("{0} answers in another form"),
    _mark("{0} isn't there ({1})"),
    _mark("{0} isn't there"),
    _mark("{0} doesn't answer ({1})"),
    _mark("{0} doesn't answer"),
    _mark("{0} doesn't tell: {1}"),
    _mark("{0} can't be asked: {1}"),
    _mark("the X server of {0}"),
    _mark("the Wayland compositor at {0}"),
    _mark("the desktop's screen saver"),
    _mark("the session bus of user {0}"),
    _mark("the system bus"),
    # of files
    _mark("{0}: {1} can't be written: {2}"),
]
