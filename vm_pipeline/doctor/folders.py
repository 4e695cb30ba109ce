"""The folders of a home: whose they are, who else can read them, what dead runs left, who holds a lock.

Belongs here: names, modes, locks. Does not belong here: what files hold (contents).
"""

import os
import stat
from collections.abc import Iterator
from pathlib import Path

from vm_pipeline.doctor.finding import Finding, named, note, ok, wrong
from vm_pipeline.home import Home
from vm_pipeline.locks import is_held

_OTHERS = stat.S_IRWXG | stat.S_IRWXO
_LOCKS = Path("/proc/locks")


def home(folder: Path) -> Finding:
    """The home itself: there, ours, and nobody else's to write in."""
    if not folder.is_dir():
        return wrong(
            "home", f"no folder {folder}", "the home", "Name it: --home, VM_HOME or `home`; or `vm-pipeline run`."
        )
    found = folder.stat()
    if found.st_uid != os.geteuid():
        return wrong(
            "home", f"{folder} of user {found.st_uid}", f"of user {os.geteuid()}", "`chown -R` it, or run as its owner."
        )
    if found.st_mode & (stat.S_IWGRP | stat.S_IWOTH):
        return wrong("home", f"{folder} with mode {_mode(found)}", "0755 or less", f"`chmod go-w {folder}`.")
    if not os.access(folder, os.W_OK | os.X_OK):
        return wrong(
            "home", f"{folder}, which cannot be written", "a folder that can", "Mount it so, or mend its mode."
        )
    return ok("home", f"{folder}, mode {_mode(found)}")


def private(of: Home) -> Iterator[Finding]:
    """Folders that hold what was sent, and the key of pseudonyms: nobody else reads them."""
    for path in (*of.private, of.key_file):
        if not path.exists():
            continue
        found = path.stat()
        expected = "0700" if path.is_dir() else "0600"
        if found.st_mode & _OTHERS:
            remedy = f"`chmod {expected} {path}`."
            yield wrong("private", f"{path} with mode {_mode(found)}", f"{expected} or less", remedy)
        elif found.st_uid != os.geteuid():
            yield wrong("private", f"{path} of user {found.st_uid}", f"of user {os.geteuid()}", "`chown` it.")
        else:
            yield ok("private", f"{path}, mode {_mode(found)}")


def key(of: Home, received: bool) -> Finding:
    """The key of pseudonyms: without it a new one is made, and hashes of patients no longer agree with those before."""
    if of.settings.pseudonym_key:
        return ok("pseudonym_key", "from VM_PSEUDONYM_KEY")
    if of.key_file.is_file() and of.key_file.stat().st_size:
        return ok("pseudonym_key", str(of.key_file))
    if not received and not of.key_file.exists():
        return ok("pseudonym_key", "none yet; the first run makes one")
    found = f"an empty {of.key_file}" if of.key_file.exists() else f"no {of.key_file}"
    remedy = "Restore it from backup, or set VM_PSEUDONYM_KEY. Without either, remove it: the next run makes another."
    return wrong("pseudonym_key", found, "the key that batches were staged with", remedy)


def locks(of: Home) -> Iterator[Finding]:
    """Locks that are held, by whom; and what runs that died left behind, which the next one tidies away."""
    drafts = [*(of.folder / "work").glob("*.lock")]
    desks = [lock for folder in of.desks for lock in folder.glob("*/lock")]
    others = [of.alerts / "lock", of.settings.warehouse.with_name(f".{of.settings.warehouse.name}.lock")]
    left = [str(path) for path in drafts + desks if not is_held(path)]
    held = [path for path in drafts + desks + others if is_held(path)]
    for path in held:
        yield note(
            "locks",
            f"{path}, held by {_holder(path)}",
            "none, or a run at work",
            "Wait, or see what that process does.",
        )
    if left:
        remedy = "None: the next run removes them. Or, while nothing runs, delete them."
        yield note("leftovers", f"{len(left)} of runs that died: {named(left)}", "none", remedy)
    if not held and not left:
        yield ok("locks", "none held, nothing left behind")


def _holder(path: Path) -> str:
    """The process that holds a lock, by its number and name, where the system tells."""
    inode = str(path.stat().st_ino)
    try:
        lines = [line.split() for line in _LOCKS.read_text("ascii").splitlines()]
        pid = next(words[4] for words in lines if words[1] == "FLOCK" and words[5].rpartition(":")[2] == inode)
        return f"process {pid} ({Path('/proc', pid, 'comm').read_text('utf-8').strip()})"
    except (OSError, StopIteration, IndexError):
        return "a process that cannot be told"


def _mode(found: os.stat_result) -> str:
    return f"{stat.S_IMODE(found.st_mode):04o}"
