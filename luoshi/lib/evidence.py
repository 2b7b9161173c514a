"""Checks an evidence pack of Luoshi (落实), alone: `python evidence.py FILE`.

核验落实导出的证据包：只需要 Python 3.11 和 cryptography，不需要服务器，也不需要落实本身。

A pack is text, one JSON object a line: first the head (organisation, public keys, a signed
checkpoint with size and root of the whole log, checkpoints that lie outside), then the entries, each
with its place, leaf and proof and, where disclosed, salt and body. Hashes are SHA-256, in hex; trees
as in RFC 6962, notes and signatures as in C2SP signed-note, tlog-checkpoint, tlog-cosignature.
Exit codes: 0 all that the file says holds, 1 something does not, 2 it cannot be read or compared.
"""

import argparse
import base64
import json
import re
import sys
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from functools import reduce
from hashlib import sha256
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

FORMAT, SIGNATURE, COSIGNATURE = "luoshi-evidence/1", 1, 4
SLACK, SHOWN, LONG = timedelta(minutes=10), 40, 300  # of a clock; entries told; of a body
BROKEN = (StopIteration, LookupError, TypeError, AttributeError, ValueError, RecursionError)
PLACE = "(?<![0-9])([0-9]{1,18})[:./-]([0-9a-f]{64})(?![0-9a-f])"  # SIZE:ROOT


def leaf_hash(data: bytes) -> bytes:
    """The hash of a leaf."""
    return sha256(b"\x00" + data).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """The hash of an inner node; empty unless both sides are hashes (a longer one proves nothing)."""
    return sha256(b"\x01" + left + right).digest() if len(left) == len(right) == 32 else b""


def commitment(salt: bytes, body: bytes) -> bytes:
    """SHA-256(salt ‖ body): hides the body, binds to it."""
    return sha256(salt + body).digest()


def root_from(leaf: bytes, index: int, size: int, proof: Sequence[str]) -> bytes:
    """The root that an inclusion proof (RFC 6962, 2.1.1) leads to; empty where it cannot be one."""
    if size < 2 or not 0 <= index < size or not proof:
        return leaf if (size, index, len(proof)) == (1, 0, 0) else b""
    half, below, top = 1 << (size - 1).bit_length() - 1, proof[:-1], bytes.fromhex(proof[-1])
    if index < half:
        return node_hash(root_from(leaf, index, half, below), top)
    return node_hash(top, root_from(leaf, index - half, size - half, below))


def roots_from(old: int, new: int, proof: Sequence[str], known: bytes) -> tuple[bytes, bytes]:
    """The roots of two trees by a consistency proof (RFC 6962, 2.1.2); `known` is the old one's."""
    if old == new and len(proof) == (not known):
        node = known or bytes.fromhex(proof[0])
        return node, node
    if not 0 < old < new or not proof:
        return b"", b""
    half, below, top = 1 << (new - 1).bit_length() - 1, proof[:-1], bytes.fromhex(proof[-1])
    if old <= half:
        first, second = roots_from(old, half, below, known)
        return first, node_hash(second, top)
    first, second = roots_from(old - half, new - half, below, b"")
    return node_hash(top, first), node_hash(top, second)


def root_of(nodes: Sequence[bytes]) -> bytes:
    """The root over the complete subtrees of a log, largest first."""
    return reduce(lambda right, left: node_hash(left, right), nodes[::-1]) if nodes else b""


def read_key(key: str) -> tuple[str, bytes, bytes, Ed25519PublicKey]:
    """Name, key id, kind ‖ key and the key of a C2SP vkey. Or `ValueError`."""
    name, key_id, rest = [*key.split("+", 2), "", ""][:3]
    raw = base64.b64decode(rest, validate=True)
    known = sha256(f"{name}\n".encode() + raw).digest()[:4]
    if len(raw) != 33 or raw[0] not in (SIGNATURE, COSIGNATURE) or key_id != known.hex():
        raise ValueError(f"这不是公钥 / this is no public key: {key}")
    return name, known, raw, Ed25519PublicKey.from_public_bytes(raw[1:])


class Checkpoint:
    """A signed note (C2SP signed-note): what it says, and its signatures. Or `ValueError`."""

    def __init__(self, note: str) -> None:
        text, blank, lines = note.rpartition("\n\n")
        self.origin, size, root = text.split("\n")[:3]
        self.text, self.size, self.root = f"{text}\n", int(size), base64.b64decode(root)
        parts = [line.split(" ") for line in lines.splitlines()]
        self.signatures = [(name, base64.b64decode(raw)) for _dash, name, raw in parts]
        if not blank or size != str(self.size) or self.size < 1 or len(self.root) != 32:
            raise ValueError("no checkpoint")

    def signed(self, key: str) -> datetime | bool:
        """Whether `key` (a C2SP vkey) signed this; the key of a witness gives its time."""
        name, known, raw, public = read_key(key)
        given = next((g[4:] for who, g in self.signatures if (who, g[:4]) == (name, known)), b"")
        at = int.from_bytes(given[:8]) if raw[0] == COSIGNATURE else -1
        said = self.text if at < 0 else f"cosignature/v1\ntime {at}\n{self.text}"
        try:
            public.verify(given if at < 0 else given[8:], said.encode())
            return True if at < 0 else datetime.fromtimestamp(at, UTC)
        except (InvalidSignature, OverflowError, OSError, ValueError):
            return False


class Pack:
    """A pack while it is read: its head, its checkpoint, and the roots that are known by size."""

    def __init__(self, head: Any) -> None:
        if head["format"] != FORMAT:
            raise ValueError("no evidence pack")
        self.head, self.note = head, Checkpoint(head["checkpoint"])
        self.known, self.copies = {self.note.size: self.note.root}, list[Any]()

    def signed(self, trusted: Sequence[str]) -> tuple[str, Any]:
        """By whom the checkpoint is signed: with a key that is trusted, or one of the pack's own."""
        ours = [k for k in trusted if k.startswith(f"{self.note.origin}+")]
        named = [k for k in ours or self.head["keys"] if k.startswith(f"{self.note.origin}+")]
        good = next((k for k in named if self.note.signed(k) is True), "")
        said = {"size": self.note.size, "root": self.note.root.hex(), "key": good}
        return "unsigned" if not good else "signed" if ours else "signed_own", said

    def outside(self, held: Any, trusted: Sequence[str]) -> tuple[str, Any]:
        """One copy of a checkpoint that lies outside: is it signed, does this one continue it?"""
        copy, key = Checkpoint(held["checkpoint"]), held["key"]
        at = copy.signed(key) if key else False
        said = {"name": held["name"], "size": copy.size, "root": copy.root.hex(), "on": held["on"]}
        roots = roots_from(copy.size, self.note.size, held["proof"], copy.root)
        if copy.origin != self.note.origin or roots != (copy.root, self.note.root):
            return "forked", said
        if key and not isinstance(at, datetime):
            return "bad_witness", said
        self.known[copy.size] = copy.root
        self.copies += [(copy.size, at)] if key else []
        code = "handed_over" if not key else "witnessed" if key in trusted else "witnessed_own"
        return code, {**said, "at": str(at)[:16]}

    def entries(self, lines: Iterator[str], wanted: set[int]) -> Iterator[tuple[str, Any]]:
        """Each entry; `wanted` are sizes at which the root is kept, where the file has all."""
        whole, count, last = self.head["complete"], 0, -1
        nodes, versions, odd = list[bytes](), dict[str, int](), dict[str, int]()
        gone, erasures, newest = list[int](), dict[int, Any](), datetime(1970, 1, 1, tzinfo=UTC)
        for count, line in enumerate(lines, 1):
            index, leaf = (entry := json.loads(line))["index"], json.loads(entry["leaf"])
            at = datetime.strptime(leaf["at"], "%Y-%m-%dT%H:%M:%S.%fZ").replace(tzinfo=UTC)
            node = leaf_hash(entry["leaf"].encode())
            said = {"number": index + 1, "kind": leaf["kind"], "at": f"{at:%Y-%m-%d %H:%M}"}
            if whole:
                size, inside = count, index == last + 1
                while not size & 1 and nodes:
                    node, size = node_hash(nodes.pop(), node), size >> 1
                nodes.append(node)
                self.known |= {count: root_of(nodes)} if count in wanted - {*self.known} else {}
            else:
                root = root_from(node, index, self.note.size, entry["proof"])
                inside = index > last and root == self.note.root
            code = "closed"
            if "body" in entry:
                body, rows, raw = json.loads(entry["body"]), entry.get("rows", []), entry["body"]
                what, said["who"] = body["object"], body["actor"].split(" ")[0]
                said["text"] = raw[raw.index('"values":') + 9 : -1][:LONG]
                before, versions[what["id"]] = versions.get(what["id"], 0), what["version"]
                made = commitment(bytes.fromhex(entry["salt"]), raw.encode()).hex()
                fits = all(row_fits(row, body) for row in rows)
                code = "order" if what["version"] < before else "entry" if fits else "row"
                code = code if made == leaf["commitment"] else "body"
                if code == "entry" and leaf["kind"] == "entry.erased":
                    by = {"under": body["values"]["under"], "on": f"{at:%Y-%m-%d}", "by": index + 1}
                    named = [json.loads(row["body"])["index"] for row in rows]
                    erasures |= {n: by for n in named if n < index}
            elif "rows" in entry:
                code = "row"
            elif "erased" in entry:
                gone.append(index)
            if not inside or code in BAD or (count <= SHOWN and index not in gone[-1:]):
                yield code if inside else "not_inside", said
            known = [*self.copies, (0, newest)]
            if min(at - t if index >= n else t - at for n, t in known) < -SLACK:
                odd = {"first": odd.get("first", index + 1), "count": odd.get("count", 0) + 1}
            last, newest = index, max(newest, at)
        for index in gone:
            by = {"number": index + 1} | erasures.get(index, {})
            yield "erased" if index in erasures else "missing", by
        said = {"count": count, "size": self.note.size, "said": self.head["entries"]}
        yield "whole" if whole else "part", said
        yield from [("clock", odd)] if odd else []
        off = whole and (count, root_of(nodes)) != (self.note.size, self.note.root)
        if off or count != self.head["entries"]:
            yield "cut", said


def row_fits(row: Any, body: Any) -> bool:
    """Whether a row belongs to the bulk act whose body this is."""
    made = leaf_hash(commitment(bytes.fromhex(row["salt"]), row["body"].encode()))
    root = root_from(made, row["number"], body["rows"]["size"], row["proof"])
    return len(root) == 32 and root.hex() == body["rows"]["root"]


def check(lines: Iterable[str], trusted: Any = (), against: Any = ()) -> Iterator[tuple[str, Any]]:
    """Yield what is found, as (code, values) for `TEXTS`; keys and checkpoints from elsewhere."""
    entries = iter(lines)
    try:
        pack = Pack(json.loads(next(entries)))
        yield "about", {"who": pack.head["organisation"]["name"], "what": pack.head["about"]}
        yield pack.signed(trusted)
        yield from [pack.outside(copy, trusted) for copy in pack.head["outside"]]
        own = f"{pack.note.origin}+", *(copy["key"] or "?" for copy in pack.head["outside"])
        yield from [("strange_key", {"key": k}) for k in trusted if not k.startswith(own)]
        last = max((size for size, _at in pack.copies), default=0)  # what a witness signed
        if left := pack.note.size - last:
            yield "not_after" if last else "no_witness", {"size": last, "more": left}
        yield from pack.entries(entries, {size for size, _root in against})
        for size, root in against:
            code = "agrees" if pack.known.get(size) == root else "differs"
            yield code if size in pack.known else "apart", {"size": size, "root": root.hex()}
        yield "not_time", {}
    except BROKEN as error:
        raise ValueError(f"{type(error).__name__} {error}") from error


def held(given: str) -> list[tuple[int, bytes]]:
    """Sizes and roots of checkpoints held outside: `SIZE:ROOT`, the code of a paper, or a file."""
    found = re.findall(PLACE, re.sub(r"\s", "", given).replace("：", ":").lower())
    found = found or re.findall(PLACE, text := open(given, encoding="utf-8").read())
    note = None if found else Checkpoint(text)
    return [(note.size, note.root)] if note else [(int(n), bytes.fromhex(r)) for n, r in found]


def main(argv: Sequence[str] | None = None) -> int:
    """Check one file and print what was found, in Chinese and then in English."""
    parser = argparse.ArgumentParser(description="核验证据包 / check an evidence pack")
    parser.add_argument("file", help="证据包 / the pack")
    parser.add_argument("--key", action="append", default=[], help="公钥 / a known key")
    parser.add_argument("--against", action="append", default=[], help="检查点 / FILE or SIZE:ROOT")
    asked = parser.parse_args(argv)
    try:
        against = [pair for given in asked.against for pair in held(given)]
        trusted = [key for key in asked.key if read_key(key)]
        with open(asked.file, encoding="utf-8", newline="\n") as lines:
            said = list(check(lines, trusted, against))
        codes = {code for code, _values in said}
        result = 1 if codes & BAD else 2 if "apart" in codes else 0 if codes & KNOWN else 3
        for language in (0, 1):
            print(RESULTS[result][language])
            for code, values in said:
                print(TEXTS[code][language].format(**{k: plain(v) for k, v in values.items()}))
    except (OSError, ValueError) as error:
        print(f"无法读取 / cannot be read: {plain(error)}", file=sys.stderr)
        return 2
    return result % 3


def plain(value: object) -> str:
    """A value as a piece of one line, which no terminal takes for a command."""
    return "".join(c if c.isprintable() else "?" for c in str(value))[:500]


# fmt: off
RESULTS = (("结论：成立。", "Result: it holds."), ("结论：不成立。", "Result: it does not hold."), ("结论：无法比对。", "Result: it cannot be compared."), ("结论：文件自身对得上，还没有核实是否出自该单位。", "Result: the file fits in itself; whose it is was not checked."))
TEXTS = {
    "about": ("文件自称：{who}的证据包，{what}", "By its own words: evidence pack of {who}, {what}"),
    "signed": ("检查点由您给出的公钥签名：全部存证共{size}条，根 {root}。", "The checkpoint is signed with the key you gave: the whole log has {size} entries, root {root}."),
    "signed_own": ("检查点与文件里写的公钥相符：全部存证共{size}条，根 {root}。未证明：这份文件是否出自该单位，公钥 {key} 写在文件自身里，请与该单位另行公布的公钥核对（--key）。", "The checkpoint fits the key in the file: the whole log has {size} entries, root {root}. Not proven: that the file is the organisation's; the key {key} stands in the file itself, compare it with the one published elsewhere (--key)."),
    "unsigned": ("不成立：检查点（{size}条，根 {root}）没有相应公钥的有效签名。", "Does not hold: the checkpoint ({size} entries, root {root}) bears no good signature of the key."),
    "strange_key": ("不成立：您给出的公钥 {key} 没有签过文件里的任何检查点。也可能是公钥不对，或者单位已换密钥，请先核实。", "Does not hold: the key that you gave, {key}, has signed no checkpoint in the file. It may be the wrong one, or the organisation has a new one: ask first."),
    "witnessed": ("见证人{name}于{at}（见证人的时钟）签认了前{size}条，与本检查点前后一致。", "The witness {name} signed the first {size} entries at {at} (the witness's clock); this checkpoint continues them."),
    "witnessed_own": ("{name}的公钥于{at}签认了前{size}条，与本检查点前后一致。未证明：{name}的公钥写在文件自身里，请向{name}核对（--key）。", "The key of {name} signed the first {size} entries at {at}; this checkpoint continues them. Not proven: that it is {name}'s key, which stands in the file itself; ask {name} for it (--key)."),
    "handed_over": ("据服务器登记，{on}把检查点（{size}条，根 {root}）交{name}保存，与本检查点前后一致。请向{name}核对这两个数（--against）。", "By the server's own word the checkpoint of {size} entries, root {root}, was handed to {name} on {on}; this checkpoint continues it. Compare both figures with {name} (--against)."),
    "bad_witness": ("不成立：见证人{name}对前{size}条的签认无效。", "Does not hold: the signature of the witness {name} on the first {size} entries is not good."),
    "forked": ("不成立：本检查点不是{name}所存检查点（{size}条，根 {root}）的延续，记录被改写或者分成了两份。", "Does not hold: this checkpoint does not continue the one that {name} holds ({size} entries, root {root}): the log was rewritten, or there are two."),
    "no_witness": ("未证明：没有外部见证。掌握服务器和密钥的人可以重写全部{more}条而不被本文件发现。", "Not proven: no outside witness. Whoever holds the server and its key could rewrite all {more} entries unnoticed by this file."),
    "not_after": ("未证明：第{size}条以后的{more}条还没有外部见证，掌握服务器和密钥的人可以重写这一段。", "Not proven: no outside witness since entry {size}. Whoever holds the server and its key could rewrite the {more} entries after it."),
    "entry": ("第{number}条　{at} UTC　{kind}　{who}：在检查点之内，正文与登记时一致。{text}", "Entry {number}, {at} UTC, {kind}, {who}: inside the checkpoint, body as it was recorded. {text}"),
    "closed": ("第{number}条　{at} UTC　{kind}：在检查点之内，正文没有公开。", "Entry {number}, {at} UTC, {kind}: inside the checkpoint, body not disclosed."),
    "not_inside": ("不成立：第{number}条（{kind}，{at} UTC）不在检查点之内，或者被改过、换过位置。", "Does not hold: entry {number} ({kind}, {at} UTC) is not inside the checkpoint, was changed or moved."),
    "body": ("不成立：第{number}条（{kind}）的正文与登记时不一致。", "Does not hold: the body of entry {number} ({kind}) is not what was recorded."),
    "row": ("不成立：第{number}条（{kind}）所附的行不属于这次批量办理。", "Does not hold: a row given with entry {number} ({kind}) is not part of that bulk act."),
    "order": ("不成立：第{number}条（{kind}）的版本号比同一对象前一条的小，先后次序不对。", "Does not hold: the version in entry {number} ({kind}) is below that of an earlier entry about the same object."),
    "erased": ("第{number}条的正文于{on}依据“{under}”清除，清除本身记在第{by}条。", "The body of entry {number} was erased on {on} under “{under}”, as entry {by} records."),
    "missing": ("不成立：第{number}条的正文不在，也没有清除的记录。", "Does not hold: the body of entry {number} is gone and no entry records its erasure."),
    "clock": ("注意：有{count}条（从第{first}条起）所记时间早于前面的条目，或者与见证时间不合，服务器的时钟可能被调过。", "Note: the times of {count} entries, from entry {first} on, do not fit those before them or the witness's clock; the server's clock may have been set."),
    "whole": ("文件包含全部{count}条，从第一条起重新计算。", "The file has all {count} entries, recomputed from the first."),
    "part": ("文件列入全部{size}条中的{count}条，都核验过（逐条写出的至多40条）；其余各条没有列入，也就没有核验。", "The file has {count} of {size} entries, all of them checked (at most 40 are named); the others are not in it and were not checked."),
    "cut": ("不成立：文件写明{said}条，实有{count}条，或者与检查点对不上。", "Does not hold: {said} entries are announced, {count} are here, or they do not give the checkpoint."),
    "agrees": ("与您手中的检查点一致：{size}条，根 {root}。", "Agrees with the checkpoint you hold: {size} entries, root {root}."),
    "differs": ("不成立：与您手中的检查点（{size}条，根 {root}）不一致。", "Does not hold: differs from the checkpoint you hold ({size} entries, root {root})."),
    "apart": ("无法比对：文件里没有通到您手中检查点（{size}条，根 {root}）的证明，请索取从这一条起的证据包。", "Cannot be compared: no proof in the file leads to the checkpoint you hold ({size} entries, root {root}); ask for a pack made from there."),
    "not_time": ("未证明：各条时间是服务器自己写的；事情本身是否如此，也不由本文件证明。", "Not proven: the times, which are the server's own, and whether things were as the entries say."),
}
KNOWN = {"signed", "witnessed", "agrees"}
BAD = {code for code, (chinese, _english) in TEXTS.items() if chinese.startswith("不成立")}
if __name__ == "__main__":
    sys.exit(main())
