// The page for evidence packs: takes the file, shows what evidence.js finds. Nothing is sent.
"use strict";
(() => {
  const form = document.getElementById("verify");
  const input = document.getElementById("pack");
  const busy = document.getElementById("busy");
  const result = document.getElementById("result");
  const icons = document.getElementById("icons").content;
  const { texts, words, kinds } = JSON.parse(document.getElementById("verify-data").textContent);
  const PLACES = ["bad", "proven", "open", "note"];
  const OUTCOMES = {
    holds: ["proven", "c-g"], fails: ["bad", "c-s"], unreadable: ["ask", "c-a"], apart: ["ask", "c-a"],
    alone: ["ask", "c-a"],
  };
  const COLOURS = { bad: "c-s", proven: "c-g", open: "c-a", note: "c-3" };
  const LONG = ["root", "key", "text"];
  const ENTRIES = ["entry", "closed", "erased"];
  const FEW = 6; // entries that are shown at once; more of them would hide what is not proven
  const has = (from, name) => Object.prototype.hasOwnProperty.call(from, name);
  let file = null;
  let run = 0;

  function make(name, classes, ...inside) {
    const node = document.createElement(name);
    if (classes) node.className = classes;
    node.append(...inside);
    return node;
  }
  const icon = (name) => icons.querySelector(`.${name}`).cloneNode(true);
  // The words with their values: kinds by their names, long figures and keys as such.
  function filled(text, values) {
    return text.split(/(\{\w+\}|--\w+)/).map((part) => {
      const name = part.slice(1, -1);
      if (/^--\w+$/.test(part)) return make("span", "flag", part);
      if (!/^\{\w+\}$/.test(part) || !has(values, name)) return part;
      const value = String(values[name]);
      if (name === "kind" && has(kinds, value)) return kinds[value];
      return LONG.includes(name) ? make("span", "hash", value) : value;
    });
  }
  function size(bytes) {
    if (bytes < 1024 * 1024) return `${Math.max(1, Math.round(bytes / 1024))} KB`;
    return `${(bytes / 1024 / 1024).toFixed(1)} MB`;
  }

  // What was typed beside the file; null where it cannot be read, which the field then says.
  function typed(id, read) {
    const field = document.getElementById(id);
    const error = document.getElementById(`${id}_err`);
    let found = [];
    let message = "";
    try {
      found = field.value.trim() ? read(field.value.trim()) : [];
    } catch (problem) {
      message = words[`bad_${id === "keys" ? "key" : id}`];
    }
    error.textContent = message;
    error.hidden = !message;
    field.setAttribute("aria-invalid", String(Boolean(message)));
    field.parentElement.classList.toggle("bad", Boolean(message));
    return message ? null : found;
  }
  function keysIn(text) {
    const keys = text.split(/\s+/);
    keys.forEach((key) => evidence.readKey(key));
    return keys;
  }

  const listOf = (items) => make("ul", "", ...items.map((item) => make("li", "", ...item)));
  function folded(each) {
    if (each.length <= FEW) return listOf(each);
    const summary = make("summary", "", ...filled(words.each, { count: each.length }));
    return make("details", "each", summary, listOf(each));
  }

  function show(outcome, more, groups = [], each = []) {
    const [shape, colour] = OUTCOMES[outcome];
    const head = make("div", `verdict ${outcome}`);
    const said = make("div", "", make("h2", "", words[outcome]), make("p", "", ...more));
    const mark = make("span", colour, icon(shape));
    said.append(make("p", "s", ...filled(words.checked, { name: file.name, size: size(file.size) })));
    head.append(mark, said);
    const card = make("section", "sec", head);
    for (const [place, items] of groups) {
      const fitting = { fails: words.matching, alone: words.fits }[outcome];
      const title = place === "proven" && fitting ? fitting : words[place];
      const part = make("div", `part ${place}`);
      part.append(make("h3", COLOURS[place], icon(place), title));
      part.append(listOf(items));
      if (place === "proven" && each.length) part.append(folded(each));
      card.append(part);
    }
    result.replaceChildren(card);
    if (result.getBoundingClientRect().top > window.innerHeight * 0.7) result.scrollIntoView();
  }

  function showFound(found) {
    const groups = new Map(PLACES.map((place) => [place, []]));
    const each = [];
    for (const [code, values] of found) {
      for (const [place, text] of texts[code]) {
        const list = place === "proven" && ENTRIES.includes(code) ? each : groups.get(place);
        list.push(filled(text, values));
      }
    }
    const outcome = ["holds", "fails", "apart", "alone"][evidence.verdict(found)];
    const full = PLACES.map((place) => [place, groups.get(place)]);
    const some = full.filter(([place, all]) => all.length || (place === "proven" && each.length));
    show(outcome, [words[`${outcome}_more`]], some, each);
  }

  async function start() {
    const mine = (run += 1);
    const keys = typed("keys", keysIn);
    const against = typed("against", evidence.held);
    result.replaceChildren();
    busy.hidden = true;
    if (!file || keys === null || against === null) return;
    const bar = busy.querySelector("progress");
    busy.querySelector("p").textContent = words.reading.replace("{name}", file.name);
    bar.value = 0;
    busy.hidden = false;
    try {
      const lines = evidence.linesOf(file, (done) => {
        if (mine === run) bar.value = done / file.size;
      });
      const found = await evidence.check(lines, { keys, against });
      if (mine === run) showFound(found);
    } catch (error) {
      const large = error instanceof evidence.TooLarge;
      const why = make("span", "hash", error.message);
      const more = large ? [words.too_large] : [words.unreadable_more, make("br"), why];
      if (mine === run) show("unreadable", more);
    } finally {
      if (mine === run) busy.hidden = true;
    }
  }

  function take(chosen) {
    if (!chosen) return;
    file = chosen;
    start();
  }
  input.addEventListener("change", () => {
    take(input.files[0]);
    input.value = ""; // so that the same file can be chosen again, after it was mended
  });
  form.addEventListener("submit", (event) => event.preventDefault());
  form.addEventListener("change", (event) => {
    if (event.target !== input) start();
  });
  // The whole window takes the file: one that misses the zone would otherwise leave the page.
  let inside = 0;
  const carries = (event) => event.dataTransfer && event.dataTransfer.types.includes("Files");
  const mark = (by) => {
    inside = Math.max(0, inside + by);
    form.classList.toggle("over", inside > 0);
  };
  window.addEventListener("dragenter", (event) => carries(event) && mark(1));
  window.addEventListener("dragleave", (event) => carries(event) && mark(-1));
  window.addEventListener("dragover", (event) => carries(event) && event.preventDefault());
  window.addEventListener("drop", (event) => {
    if (!carries(event)) return;
    event.preventDefault();
    mark(-inside);
    take(event.dataTransfer.files[0]);
  });
  form.hidden = false;
})();
