"""What can be done with a directive before it is issued; each act one transaction, one entry."""

from luoshi.directives.actions.documents import (
    AlreadyImported,
    Unread,
    confirm,
    import_directive,
    withdraw,
)
from luoshi.directives.actions.spans import (
    add_requirement,
    dismiss,
    merge,
    restore,
    set_span,
    split,
)
from luoshi.directives.actions.tasks import (
    add_task,
    change_task,
    change_tasks,
    remove_task,
    take_leader,
)
from luoshi.directives.actions.triage import NotComplete, fill, set_triage, undo

__all__ = [
    "AlreadyImported",
    "NotComplete",
    "Unread",
    "add_requirement",
    "add_task",
    "change_task",
    "change_tasks",
    "confirm",
    "dismiss",
    "fill",
    "import_directive",
    "merge",
    "remove_task",
    "restore",
    "set_span",
    "set_triage",
    "split",
    "take_leader",
    "undo",
    "withdraw",
]
