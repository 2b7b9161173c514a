"""What can be done with a directive before it is issued; each act one transaction, one entry."""

from luoshi.directives.actions.approving import (
    AlreadySent,
    Lapsed,
    Meeting,
    MovedOn,
    NotReady,
    NotWaiting,
    Scan,
    approve,
    look,
    record_on_paper,
    return_,
    send,
    take_back,
)
from luoshi.directives.actions.consulting import (
    answer,
    close_consultation,
    comment,
    no_comment,
    open_consultation,
)
from luoshi.directives.actions.documents import (
    AlreadyImported,
    Unread,
    confirm,
    import_directive,
    withdraw,
)
from luoshi.directives.actions.instructions import Attached, note_instruction
from luoshi.directives.actions.layouts import PURPOSE as LAYOUTS
from luoshi.directives.actions.layouts import keep_layout
from luoshi.directives.actions.oldlists import TakenBefore, take_old_list, withdraw_old_list
from luoshi.directives.actions.pairing import NoPair, choose_line, pair, part, refuse_pair
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
    detail_task,
    remove_task,
    take_leader,
)
from luoshi.directives.actions.triage import NotComplete, fill, set_triage, undo

__all__ = [
    "LAYOUTS",
    "AlreadyImported",
    "AlreadySent",
    "Attached",
    "Lapsed",
    "Meeting",
    "MovedOn",
    "NoPair",
    "NotComplete",
    "NotReady",
    "NotWaiting",
    "Scan",
    "TakenBefore",
    "Unread",
    "add_requirement",
    "add_task",
    "answer",
    "approve",
    "change_task",
    "change_tasks",
    "choose_line",
    "close_consultation",
    "comment",
    "confirm",
    "detail_task",
    "dismiss",
    "fill",
    "import_directive",
    "keep_layout",
    "look",
    "merge",
    "no_comment",
    "note_instruction",
    "open_consultation",
    "pair",
    "part",
    "record_on_paper",
    "refuse_pair",
    "remove_task",
    "restore",
    "return_",
    "send",
    "set_span",
    "set_triage",
    "split",
    "take_back",
    "take_leader",
    "take_old_list",
    "undo",
    "withdraw",
    "withdraw_old_list",
]
