"""What recomputing a log may find, in words: damage, what is to be known, what is not proven."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from luoshi.ledger.kinds import KINDS

WORDS: dict[str, str | Promise] = {
    "gap": _("Entry %(number)s is missing; what follows was not checked."),
    "root": _("Between entry %(after)s and entry %(number)s something was changed or moved: they "
              "do not give the checkpoint. What follows was not checked."),
    "tail": _("%(said)s entries were numbered, %(here)s lie here: the end is missing."),
    "checkpoint": _("There is a checkpoint of %(size)s entries, which this log cannot give."),
    "bare": _("%(size)s entries were numbered and there is no checkpoint of them."),
    "signature": _("The signature of the checkpoint of %(size)s entries is not good."),
    "key": _("The key %(key)s signs here, and no entry of the log introduced it."),
    "tile": _("The stored hashes of level %(level)s, part %(number)s, are not those of the log."),
    "body": _("Entry %(number)s (%(kind)s, %(at)s): the body is not what was recorded."),
    "object": _("Entry %(number)s (%(kind)s, %(at)s) stands under another object than its body "
                "names."),
    "missing": _("Entry %(number)s (%(kind)s, %(at)s): the body is gone and no entry records its "
                 "erasure."),
    "rows": _("Entry %(number)s (%(kind)s): its rows are not those that were recorded."),
    "stray": _("A body or rows belong to no entry: %(id)s."),
    "order": _("Entry %(number)s is about an older version of its object than the one before it."),
    "rollback": _("%(name)s holds a checkpoint of %(size)s entries, here are only %(here)s: the "
                  "end was cut off, or the server was set back to a backup."),
    "fork": _("%(name)s holds another root for %(size)s entries: the log was rewritten before that "
              "entry, or there are two of it."),
    "witness": _("The cosignature of %(name)s on %(size)s entries is not good."),
    "lost": _("Entry %(number)s records “%(what)s”, and it is not in the database any more."),
    "unrecorded": _("The database says that %(name)s was handed a checkpoint of %(size)s entries, "
                    "and no entry of the log records it."),
    "clock": _("%(count)s entries, from entry %(first)s on, say a time before that of entries "
               "before them or against the clock of a witness: the server's clock may have been "
               "set."),
    "late": _("%(count)s entries have waited for their number for over a minute: is the worker "
              "running?"),
    "unsigned": _("The newest checkpoint bears no good signature of a present key."),
    "keyless": _("The signing key %(key)s is not in the data folder."),
}  # fmt: skip
"""Code → what it says. Those in `NOTICES` are told; the log holds all the same."""
NOTICES = {"clock", "late", "unsigned", "keyless"}


@dataclass(frozen=True, slots=True)
class Finding:
    """One place where the log does not hold, or that is to be known. `code` is stable."""

    code: str
    values: dict[str, Any] = field(default_factory=dict)

    def __str__(self) -> str:
        values = self.values
        if "kind" in values:
            values = {**values, "kind": KINDS.get(values["kind"], values["kind"])}
        return str(WORDS[self.code]) % values


@dataclass(frozen=True, slots=True)
class Held:
    """A checkpoint that lies outside: by whom; `proven` by a cosignature or by who asks.

    `at` is when a witness signed, by its own clock. What was handed over by hand is the server's
    own word until somebody compares it; what the signer remembers is the server's `own`.
    """

    name: str | Promise
    size: int
    root: str
    at: datetime | None = None
    proven: bool = True
    own: bool = False


@dataclass(frozen=True, slots=True)
class Verdict:
    """What recomputing one organisation's log gave. `outside` is what agreed, the largest last."""

    organisation: str
    size: int
    waiting: int
    erased: int
    root: str
    findings: tuple[Finding, ...]
    notices: tuple[Finding, ...] = ()
    outside: tuple[Held, ...] = ()

    @property
    def holds(self) -> bool:
        """Whether everything that is stored gives what was recorded."""
        return not self.findings

    @property
    def witnessed(self) -> int:
        """Up to which entry something outside agrees that does not rest on the server's word."""
        return max((held.size for held in self.outside if held.proven), default=0)

    @property
    def result(self) -> str:
        """The first line: whether the record holds."""
        values = {"name": self.organisation, "size": self.size, "root": self.root or "–"}
        if self.holds:
            said = _("%(name)s: the record holds. %(size)s entries recomputed, root %(root)s.")
        else:
            said = _("%(name)s: the record does not hold. %(size)s entries read.")
        return str(said % values)

    @property
    def told(self) -> list[str]:
        """What else is found, and what agrees."""
        said: list[Any] = [*self.findings, *self.notices]
        if self.waiting:
            said.append(_("%(n)s entries wait for their number.") % {"n": self.waiting})
        if self.erased:
            said.append(
                _("%(n)s bodies were erased, as further entries record.") % {"n": self.erased}
            )
        newest = {held.name: held for held in self.outside if held.proven}
        said += [
            _("Agrees with what %(name)s holds: %(size)s entries.")
            % {"name": held.name, "size": held.size}
            for held in newest.values()
        ]
        return [str(line) for line in said]

    @property
    def unproven(self) -> list[str]:
        """What nothing here proves."""
        said: list[Any] = []
        left = {"size": self.witnessed, "more": self.size - self.witnessed}
        if self.size and not self.witnessed:
            said.append(
                _(
                    "No outside witness. Whoever holds the server and its key could rewrite all "
                    "%(more)s entries unnoticed."
                )
                % left
            )
        elif left["more"]:
            said.append(
                _(
                    "No outside witness since entry %(size)s. Whoever holds the server and its key "
                    "could rewrite the %(more)s entries after it."
                )
                % left
            )
        by_hand = {held.name: held for held in self.outside if not held.proven}
        said += [
            _(
                "%(name)s was handed the checkpoint of %(size)s entries, by the server's own "
                "record: compare the paper or file there (--against %(size)s:%(root)s)."
            )
            % {"name": held.name, "size": held.size, "root": held.root}
            for held in by_hand.values()
        ]
        if self.size:
            said.append(_("The times are the server's own."))
        return [str(line) for line in said]

    def lines(self) -> list[str]:
        """All of it, in plain words of the present language, a line each."""
        words = str(_("Not proven: %(what)s"))
        return [self.result, *self.told, *(words % {"what": line} for line in self.unproven)]
