"""Which version of the node this is, as its server and its owner are told."""

from importlib.metadata import PackageNotFoundError, version

_DISTRIBUTION = "gpu-agent"
_UNINSTALLED = "0+source"


def agent_version() -> str:
    """The installed version; of a source tree that is not installed, `0+source`."""
    try:
        return version(_DISTRIBUTION)
    except PackageNotFoundError:
        return _UNINSTALLED
