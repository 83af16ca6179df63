"""Files that nobody but their owner may read, written so that there is always the old one or the new one, whole."""

import os
from pathlib import Path


def write_private(path: Path, content: bytes) -> None:
    """Replace a file at one stroke by one that its owner alone can read. Raises OSError.

    A link stays one, and what it leads to is replaced: who keeps settings elsewhere finds the change there.
    """
    import tempfile  # costs more than reading settings does

    path = Path(os.path.realpath(path))
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    descriptor, name = tempfile.mkstemp(dir=path.parent, prefix=path.name)  # 0600 from its first moment
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
