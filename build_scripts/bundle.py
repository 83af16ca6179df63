"""Makes the bundle: a folder with the app's commands and all they need but a Python for customers' code.

    python3 build_scripts/run.py python build_scripts/bundle.py [--out DIST]

It starts on a machine with nothing of ours on it. The box runs customers' code with that machine's own Python.
"""

import argparse
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def build(out: Path) -> Path:
    """Runs PyInstaller; the folder of the bundle. Raises SystemExit in words when it is not there or fails."""
    if shutil.which("pyinstaller", path=str(Path(sys.executable).parent)) is None:
        install = f"{sys.executable} -m pip install -c build_scripts/constraints.txt pyinstaller"
        raise SystemExit(f"PyInstaller is not in this environment: {install}")
    work = out / "work"
    command = [sys.executable, "-m", "PyInstaller", "--noconfirm", "--log-level", "WARN"]
    command += ["--distpath", str(out), "--workpath", str(work), str(ROOT / "build_scripts" / "bundle.spec")]
    done = subprocess.run(command, cwd=ROOT, check=False)
    if done.returncode != 0:
        raise SystemExit(f"PyInstaller ended with {done.returncode}; its last lines above say why")
    shutil.rmtree(work)
    return out / "gpu-agent"


def main() -> None:
    """Builds, and says where the bundle is and how large."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--out", type=Path, default=ROOT / "dist", help="where the bundle's folder is made")
    folder = build(parser.parse_args().out.absolute())
    size = sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
    print(f"{folder} ({size / 2**20:,.0f} MiB): start {folder / 'gpu-agent'}")


if __name__ == "__main__":
    main()
