// Checks an evidence pack in the browser, without a server: the same statements, in the same order
// and with the same values, as luoshi/lib/evidence.py, which describes the format. Needs noble.js.
// Where a file has another type than the format (a text for a number), it is unreadable.
"use strict";
const evidence = (() => {
  const { Point, sha256, sha512 } = window.noble;
  const FORMAT = "luoshi-evidence/1";
  const SIGNATURE = 1;
  const COSIGNATURE = 4;
  const SECOND = 1000000n; // moments are microseconds since 1970, as BigInt
  const SLACK = 600n * SECOND;
  const LAST_SECOND = 253402300799n; // of the year 9999
  const SHOWN = 40;
  const LONG = 300; // characters of a body that are shown
  const MOST = 200 * 1024 * 1024;
  const CHUNK = 1024 * 1024;
  const SLICE = 40; // milliseconds of work before others have their turn
  const NONE = new Uint8Array(0);
  const BAD = [
    "unsigned", "strange_key", "bad_witness", "forked", "not_inside", "body", "row", "order",
    "missing", "cut", "differs",
  ];

  const KNOWN = ["signed", "witnessed", "agrees"];

  class Unreadable extends Error {
    constructor(message) {
      super(message);
      this.name = "Unreadable";
    }
  }
  class TooLarge extends Error {
    constructor() {
      super("too large");
      this.name = "TooLarge";
    }
  }

  // What a file holds, with its type made sure of.
  const TYPES = {
    text: (value) => typeof value === "string",
    whole: (value) => Number.isSafeInteger(value),
    number: (value) => typeof value === "number",
    flag: (value) => typeof value === "boolean",
    list: (value) => Array.isArray(value),
    object: (value) => typeof value === "object" && value !== null && !Array.isArray(value),
    any: () => true,
  };
  const has = (from, name) => Object.prototype.hasOwnProperty.call(from, name);
  function typed(value, type, name) {
    if (!TYPES[type](value)) throw new Unreadable(`${name}: ${type}`);
    return value;
  }
  function get(from, name, type) {
    if (!has(typed(from, "object", name), name)) throw new Unreadable(`no ${name}`);
    return typed(from[name], type, name);
  }
  function parsed(text) {
    try {
      return typed(JSON.parse(text), "object", "JSON");
    } catch (error) {
      throw new Unreadable(error.message);
    }
  }

  // Bytes.
  const encoder = new TextEncoder();
  const HEX = Array.from({ length: 256 }, (_, n) => n.toString(16).padStart(2, "0"));
  function bytes(text) {
    // Half of a surrogate pair has no UTF-8; the encoder would silently write another character.
    if (/[\ud800-\udfff]/u.test(text)) throw new Unreadable("a lone surrogate");
    return encoder.encode(text);
  }
  function hex(data) {
    let text = "";
    for (const byte of data) text += HEX[byte];
    return text;
  }
  function unhex(text) {
    const pairs = /^(?:[ \t\n\v\f\r]*[0-9a-f]{2})*[ \t\n\v\f\r]*$/i; // spaces as Python allows them
    if (!pairs.test(typed(text, "text", "hex"))) throw new Unreadable("no hex");
    const plain = text.replace(/\s/g, "");
    const data = new Uint8Array(plain.length / 2);
    for (let n = 0; n < data.length; n += 1) data[n] = parseInt(plain.substr(2 * n, 2), 16);
    return data;
  }
  const LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  const BASE64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;
  function unbase64(text) {
    // As Python reads it: signs outside of the alphabet are passed over, the end must be padded.
    const data = [];
    let place = 0;
    let left = 0;
    let pads = 0;
    if (/[^\x00-\x7f]/.test(text)) throw new Unreadable("no base64");
    for (const letter of text) {
      const value = LETTERS.indexOf(letter);
      if (letter === "=") {
        if (place >= 2) pads += 1;
        if (place >= 2 && place + pads >= 4) return Uint8Array.from(data);
      } else if (value >= 0) {
        pads = 0;
        if (place) data.push(((left << (2 * place)) | (value >> (6 - 2 * place))) & 255);
        left = value;
        place = (place + 1) % 4;
      }
    }
    if (place) throw new Unreadable("no base64");
    return Uint8Array.from(data);
  }
  function joined(...parts) {
    const all = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
    let at = 0;
    for (const part of parts) {
      all.set(part, at);
      at += part.length;
    }
    return all;
  }
  const same = (one, two) => one.length === two.length && one.every((byte, n) => byte === two[n]);

  // The tree (RFC 6962, 2.1).
  const leafHash = (data) => sha256(joined(Uint8Array.of(0), data));
  const commitment = (salt, body) => sha256(joined(salt, body));
  function nodeHash(left, right) {
    // Only hashes have a node above them. Else one long step would stand for a whole tree, and
    // would prove whatever one likes.
    if (left.length !== 32 || right.length !== 32) return NONE;
    return sha256(joined(Uint8Array.of(1), left, right));
  }
  function halfOf(size) {
    let half = 1;
    while (half * 2 < size) half *= 2;
    return half;
  }
  function rootFrom(leaf, index, size, proof) {
    if (size < 2 || index < 0 || index >= size || !proof.length) {
      return size === 1 && index === 0 && !proof.length ? leaf : NONE;
    }
    const half = halfOf(size);
    const below = proof.slice(0, -1);
    const top = unhex(proof[proof.length - 1]);
    if (index < half) return nodeHash(rootFrom(leaf, index, half, below), top);
    return nodeHash(top, rootFrom(leaf, index - half, size - half, below));
  }
  function rootsFrom(old, size, proof, known) {
    if (old === size && proof.length === (known.length ? 0 : 1)) {
      const node = known.length ? known : unhex(proof[0]);
      return [node, node];
    }
    if (old <= 0 || old >= size || !proof.length) return [NONE, NONE];
    const half = halfOf(size);
    const below = proof.slice(0, -1);
    const top = unhex(proof[proof.length - 1]);
    if (old <= half) {
      const [first, second] = rootsFrom(old, half, below, known);
      return [first, nodeHash(second, top)];
    }
    const [first, second] = rootsFrom(old - half, size - half, below, NONE);
    return [nodeHash(top, first), nodeHash(top, second)];
  }
  const rootOf = (nodes) =>
    nodes.length ? nodes.reduceRight((root, left) => nodeHash(left, root)) : NONE;

  // Moments.
  const two = (number) => String(number).padStart(2, "0");
  function shown(at) {
    const day = new Date(Number(at / 1000n));
    const date = `${String(day.getUTCFullYear()).padStart(4, "0")}-${two(day.getUTCMonth() + 1)}`;
    return `${date}-${two(day.getUTCDate())} ${two(day.getUTCHours())}:${two(day.getUTCMinutes())}`;
  }
  const MOMENT = /^(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)\.(\d{6})Z$/;
  function moment(text) {
    // A moment as the record writes it; `shown` is its minute.
    const found = MOMENT.exec(text);
    if (!found) throw new Unreadable("no moment");
    const [year, month, day, hour, minute, second] = found.slice(1, 7).map(Number);
    const date = new Date(0);
    date.setUTCFullYear(year, month - 1, day);
    const real = year > 0 && date.getUTCMonth() === month - 1 && date.getUTCDate() === day;
    if (!real || hour > 23 || minute > 59 || second > 59) throw new Unreadable("no moment");
    const seconds = date.getTime() / 1000 + hour * 3600 + minute * 60 + second;
    const minutes = `${found[1]}-${found[2]}-${found[3]} ${found[4]}:${found[5]}`;
    return { at: BigInt(seconds) * SECOND + BigInt(found[7]), shown: minutes };
  }

  // Signatures (C2SP signed-note, tlog-checkpoint, tlog-cosignature).
  const CURVE = Point.CURVE();
  const big = (data) => data.reduce((sum, byte) => sum * 256n + BigInt(byte), 0n);
  const little = (data) => big(data.slice().reverse());
  function verified(key, signature, message) {
    // R = sB - kA, compared as bytes: the equation of OpenSSL, so that this page and the reference
    // agree on every signature, also on those that somebody made to set them at odds.
    if (signature.length !== 64) return false;
    const s = little(signature.subarray(32));
    if (s >= CURVE.n) return false;
    let point;
    try {
      point = Point.fromBytes(key, true);
    } catch (error) {
      return false;
    }
    const r = signature.subarray(0, 32);
    const k = little(sha512(joined(r, key, message))) % CURVE.n;
    const made = Point.BASE.multiply(s, false).subtract(point.multiply(k, false));
    return same(made.toBytes(), r);
  }
  function readKey(vkey) {
    const parts = typed(vkey, "text", "key").split("+");
    if (parts.length < 3) throw new Unreadable(`no key: ${vkey}`);
    const [name, id] = parts;
    const given = parts.slice(2).join("+");
    const raw = BASE64.test(given) ? unbase64(given) : NONE;
    const known = hex(sha256(joined(bytes(`${name}\n`), raw)).subarray(0, 4));
    if (raw.length !== 33 || ![SIGNATURE, COSIGNATURE].includes(raw[0]) || id !== known) {
      throw new Unreadable(`no public key: ${vkey}`);
    }
    return { name, known, kind: raw[0], key: raw.subarray(1) };
  }
  const LINES = /\r\n|[\n\r\v\f\x1c\x1d\x1e\x85\u2028\u2029]/;
  class Checkpoint {
    constructor(note) {
      const cut = typed(note, "text", "checkpoint").lastIndexOf("\n\n");
      const [origin, size, root] = note.slice(0, Math.max(cut, 0)).split("\n");
      if (cut < 0 || root === undefined || !/^[1-9][0-9]*$/.test(size)) {
        throw new Unreadable("no checkpoint");
      }
      this.origin = origin;
      this.text = `${note.slice(0, cut)}\n`;
      this.size = typed(Number(size), "whole", "size");
      this.root = unbase64(root);
      if (this.root.length !== 32) throw new Unreadable("no checkpoint");
      const lines = note.slice(cut + 2).split(LINES);
      if (lines[lines.length - 1] === "") lines.pop();
      this.signatures = lines.map((line) => {
        const parts = line.split(" ");
        if (parts.length !== 3) throw new Unreadable("no checkpoint");
        return { name: parts[1], given: unbase64(parts[2]) };
      });
    }

    // Whether a key signed this; for the key of a witness the moment (BigInt) by its clock.
    signed(vkey) {
      const { name, known, kind, key } = readKey(vkey);
      const mine = this.signatures.find(
        (one) => one.name === name && hex(one.given.subarray(0, 4)) === known,
      );
      if (!mine) return false;
      const given = mine.given.subarray(4);
      if (kind === SIGNATURE) return verified(key, given, bytes(this.text));
      const at = big(given.subarray(0, 8));
      const said = bytes(`cosignature/v1\ntime ${at}\n${this.text}`);
      if (!verified(key, given.subarray(8), said) || at > LAST_SECOND) return false;
      return at * SECOND;
    }
  }

  class Pack {
    constructor(head) {
      if (get(head, "format", "any") !== FORMAT) throw new Unreadable("no evidence pack");
      this.head = head;
      this.note = new Checkpoint(get(head, "checkpoint", "text"));
      this.known = new Map([[this.note.size, this.note.root]]);
      this.copies = [];
    }

    signed(trusted) {
      const { origin, size, root } = this.note;
      const belongs = (key) => typed(key, "text", "key").startsWith(`${origin}+`);
      const ours = trusted.filter(belongs);
      const named = ours.length ? ours : get(this.head, "keys", "list").filter(belongs);
      const key = named.find((one) => this.note.signed(one) === true) || "";
      const code = !key ? "unsigned" : ours.length ? "signed" : "signed_own";
      return [code, { size, root: hex(root), key }];
    }

    outside(held, trusted) {
      const copy = new Checkpoint(get(held, "checkpoint", "text"));
      const key = get(held, "key", "text");
      const at = key ? copy.signed(key) : false;
      const root = hex(copy.root);
      const name = get(held, "name", "text");
      const said = { name, size: copy.size, root, on: get(held, "on", "text") };
      const proof = get(held, "proof", "list");
      const [old, now] = rootsFrom(copy.size, this.note.size, proof, copy.root);
      if (copy.origin !== this.note.origin || !same(old, copy.root) || !same(now, this.note.root)) {
        return ["forked", said];
      }
      if (key && typeof at !== "bigint") return ["bad_witness", said];
      this.known.set(copy.size, copy.root);
      if (key) this.copies.push([copy.size, at]);
      const code = !key ? "handed_over" : trusted.includes(key) ? "witnessed" : "witnessed_own";
      return [code, { ...said, at: key ? shown(at) : "False" }];
    }

    // Pushes what is found about each entry; `wanted` are sizes at which the root is kept.
    async entries(lines, wanted, found, turn) {
      const whole = get(this.head, "complete", "flag");
      const announced = get(this.head, "entries", "whole");
      const [nodes, gone, versions, erasures] = [[], [], new Map(), new Map()];
      let [count, last, newest, odd] = [0, -1, 0n, null];
      for await (const line of lines) {
        count += 1;
        await turn();
        const entry = parsed(line);
        const index = get(entry, "index", "whole");
        const text = get(entry, "leaf", "text");
        const leaf = parsed(text);
        const kind = get(leaf, "kind", "text");
        const when = moment(get(leaf, "at", "text"));
        const said = { number: index + 1, kind, at: when.shown };
        let node = leafHash(bytes(text));
        let inside = index === last + 1;
        if (whole) {
          for (let size = count; size % 2 === 0 && nodes.length; size /= 2) {
            node = nodeHash(nodes.pop(), node);
          }
          nodes.push(node);
          if (wanted.has(count) && !this.known.has(count)) this.known.set(count, rootOf(nodes));
        } else {
          const root = rootFrom(node, index, this.note.size, get(entry, "proof", "list"));
          inside = index > last && same(root, this.note.root);
        }
        let code = "closed";
        if (has(entry, "body")) {
          const raw = get(entry, "body", "text");
          const body = parsed(raw);
          const rows = has(entry, "rows") ? get(entry, "rows", "list") : [];
          const what = get(body, "object", "object");
          const [id, version] = [get(what, "id", "text"), get(what, "version", "number")];
          said.who = get(body, "actor", "text").split(" ")[0];
          const values = raw.indexOf('"values":');
          if (values < 0) throw new Unreadable("no values");
          said.text = Array.from(raw.slice(values + 9, -1)).slice(0, LONG).join("");
          const before = versions.has(id) ? versions.get(id) : 0;
          versions.set(id, version);
          const made = commitment(unhex(get(entry, "salt", "text")), bytes(raw));
          const fits = rows.map((row) => rowFits(row, body)).every(Boolean);
          code = version < before ? "order" : fits ? "entry" : "row";
          if (hex(made) !== get(leaf, "commitment", "any")) code = "body";
          if (code === "entry" && kind === "entry.erased") {
            const under = get(get(body, "values", "object"), "under", "text");
            const by = { under, on: when.shown.slice(0, 10), by: index + 1 };
            for (const row of rows) {
              const before = get(parsed(row.body), "index", "whole");
              if (before < index) erasures.set(before, by);
            }
          }
        } else if (has(entry, "rows")) {
          code = "row";
        } else if (has(entry, "erased")) {
          gone.push(index);
        }
        const quiet = count > SHOWN || (gone.length && gone[gone.length - 1] === index);
        if (!inside || BAD.includes(code) || !quiet) found.push([inside ? code : "not_inside", said]);
        const fits = this.copies.every(([n, t]) => (index >= n ? when.at - t : t - when.at) >= -SLACK);
        if (!fits || when.at - newest < -SLACK) {
          odd = { first: odd ? odd.first : index + 1, count: (odd ? odd.count : 0) + 1 };
        }
        last = index;
        if (when.at > newest) newest = when.at;
      }
      for (const index of gone) {
        const by = erasures.get(index);
        found.push([by ? "erased" : "missing", { number: index + 1, ...by }]);
      }
      const size = this.note.size;
      found.push([whole ? "whole" : "part", { count, size, said: announced }]);
      if (odd) found.push(["clock", odd]);
      const off = whole && (count !== size || !same(rootOf(nodes), this.note.root));
      if (off || count !== announced) found.push(["cut", { count, size, said: announced }]);
    }
  }

  // Whether a row belongs to the bulk act whose body this is.
  function rowFits(row, body) {
    const rows = get(body, "rows", "object");
    const salt = unhex(get(row, "salt", "text"));
    const made = leafHash(commitment(salt, bytes(get(row, "body", "text"))));
    const [number, proof] = [get(row, "number", "whole"), get(row, "proof", "list")];
    const root = rootFrom(made, number, get(rows, "size", "whole"), proof);
    return root.length === 32 && has(rows, "root") && hex(root) === rows.root;
  }

  // Gives the page its turn between two slices of work; timers would be slowed in a hidden tab.
  function turns() {
    let since = performance.now();
    return async () => {
      if (performance.now() - since < SLICE) return;
      await new Promise((resolve) => {
        const { port1, port2 } = new MessageChannel();
        port1.onmessage = () => {
          port1.close();
          resolve();
        };
        port2.postMessage(null);
      });
      since = performance.now();
    };
  }

  // The lines of a file; `progress` hears how many bytes were read. Throws TooLarge, Unreadable.
  async function* linesOf(file, progress = () => {}) {
    if (file.size > MOST) throw new TooLarge();
    const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
    let rest = [];
    for (let start = 0; start < file.size; start += CHUNK) {
      const part = new Uint8Array(await file.slice(start, start + CHUNK).arrayBuffer());
      const lines = decoder.decode(part, { stream: true }).split("\n");
      if (lines.length > 1) {
        yield rest.join("") + lines[0];
        yield* lines.slice(1, -1);
        rest = [];
      }
      rest.push(lines[lines.length - 1]);
      progress(Math.min(start + CHUNK, file.size));
    }
    const end = rest.join("") + decoder.decode();
    if (end) yield end;
  }

  // What is found in the lines of a pack, as [code, values]. `keys` are public keys from elsewhere,
  // `against` checkpoints held outside, as `held` gives them. Throws TooLarge, Unreadable.
  async function check(lines, { keys = [], against = [] } = {}) {
    try {
      const all = lines[Symbol.asyncIterator] ? lines[Symbol.asyncIterator]() : lines.values();
      const first = await all.next();
      if (first.done) throw new Unreadable("empty");
      const pack = new Pack(parsed(first.value));
      const who = get(get(pack.head, "organisation", "object"), "name", "text");
      const found = [["about", { who, what: get(pack.head, "about", "text") }]];
      found.push(pack.signed(keys));
      for (const copy of get(pack.head, "outside", "list")) found.push(pack.outside(copy, keys));
      const theirs = get(pack.head, "outside", "list").map((copy) => copy.key || "?");
      for (const key of keys) {
        const known = [`${pack.note.origin}+`, ...theirs].some((one) => key.startsWith(one));
        if (!known) found.push(["strange_key", { key }]);
      }
      const last = pack.copies.reduce((most, [size]) => Math.max(most, size), 0);
      const more = pack.note.size - last;
      if (more) found.push([last ? "not_after" : "no_witness", { size: last, more }]);
      const rest = { [Symbol.asyncIterator]: () => all, [Symbol.iterator]: () => all };
      await pack.entries(rest, new Set(against.map((one) => one.size)), found, turns());
      for (const { size, root } of against) {
        const known = pack.known.get(size);
        const code = known === undefined ? "apart" : hex(known) === root ? "agrees" : "differs";
        found.push([code, { size, root }]);
      }
      found.push(["not_time", {}]);
      return found;
    } catch (error) {
      // A hostile file may also run into a limit of the browser; it is unreadable all the same.
      if (error instanceof Unreadable || error instanceof TooLarge) throw error;
      throw new Unreadable(String(error.message));
    }
  }

  // Checkpoints held outside, in a text: SIZE:ROOT (any number of them), or a whole signed note.
  function held(text) {
    const plain = text.replace(/\s/g, "").replace(/：/g, ":").toLowerCase();
    const found = Array.from(plain.matchAll(/(?<![0-9])([0-9]{1,18})[:./-]([0-9a-f]{64})(?![0-9a-f])/g));
    if (found.length) {
      return found.map(([, size, root]) => ({ size: typed(Number(size), "whole", "size"), root }));
    }
    const note = new Checkpoint(text);
    return [{ size: note.size, root: hex(note.root) }];
  }

  // 0 all that the file says holds, 1 something does not, 2 it cannot be compared, 3 it holds in
  // itself, and nothing known from elsewhere says whose it is.
  function verdict(found) {
    const codes = found.map(([code]) => code);
    if (codes.some((code) => BAD.includes(code))) return 1;
    if (codes.includes("apart")) return 2;
    return codes.some((code) => KNOWN.includes(code)) ? 0 : 3;
  }

  return { BAD, MOST, TooLarge, Unreadable, check, held, linesOf, readKey, verdict };
})();
