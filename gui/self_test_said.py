"""What a node says of its self-test in English, in the language shown now: each sentence of its that is known."""

from PySide6.QtCore import QCoreApplication

from .said import Said


def _tr(text: str) -> str:
    return QCoreApplication.translate("self_test_said", text)


def _mark(text: str) -> str:
    """Translated later."""
    return text


TEMPLATES = [
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
]

said_words = Said(TEMPLATES, _tr)
