// Triage by keyboard and mouse: the document and the list stay on the same clause.
"use strict";
const doc = document.getElementById("doc");
const paper = document.querySelector(".paper");
const rowsOf = () => Array.from(document.querySelectorAll("#listpane .row[data-r]"));
const openRow = () => document.querySelector("#listpane .row.open");
const typing = (node) => node && node.matches("input:not([type=hidden]), textarea, select");
let listTop = 0;

function gutter() {
  if (!paper || !window.matchMedia("(min-width: 701px)").matches) return;
  paper.classList.add("gut");
  const seen = new Map();
  paper.querySelectorAll(".r u").forEach((mark) => {
    mark.classList.remove("rt", "more");
    const top = mark.offsetTop;
    const count = seen.get(top) || 0;
    if (count === 1) mark.classList.add("rt");
    if (count > 1) mark.classList.add("more");
    seen.set(top, count + 1);
  });
}

function showInDocument(row, scroll) {
  const state = new Map(rowsOf().map((one) => [one.dataset.r, one]));
  paper.querySelectorAll(".r").forEach((mark) => {
    const here = state.get(mark.dataset.r);
    if (here) {
      mark.className = `r ${here.dataset.mark}`;
      const use = mark.querySelector("use");
      if (use) use.setAttribute("href", use.getAttribute("href").replace(/#.*/, `#${here.dataset.shape}`));
    }
    mark.classList.toggle("sel", Boolean(row) && mark.dataset.r === row.dataset.r);
  });
  const mark = row && paper.querySelector(`.r[data-r="${row.dataset.r}"]`);
  if (mark && scroll) {
    const box = mark.getBoundingClientRect();
    const pane = doc.getBoundingClientRect();
    if (box.top < pane.top + 40 || box.bottom > pane.bottom - 40) {
      doc.scrollTop += box.top - pane.top - pane.height / 3;
    }
  }
}

function keepRowInView(row) {
  const list = document.querySelector("#listpane .rows");
  list.scrollTop = listTop;
  if (!row) return;
  const top = row.offsetTop;
  if (top < list.scrollTop || top + row.offsetHeight > list.scrollTop + list.clientHeight) {
    list.scrollTop = Math.max(0, top - 80);
  }
}

function focusFirstBlank() {
  const row = openRow();
  const field = row && (row.querySelector(".lack input") || row.querySelector("input:not([type=hidden]), textarea"));
  if (field) {
    field.focus();
    if (field.select) field.select();
  }
}

function go(row) {
  const link = row && row.querySelector("a.q");
  if (link) window.htmx ? window.htmx.trigger(link, "click") : link.click();
}

function step(by) {
  const rows = rowsOf();
  const at = rows.indexOf(openRow());
  go(rows[Math.min(rows.length - 1, Math.max(0, at + by))]);
}

document.addEventListener("htmx:beforeSwap", (event) => {
  const status = event.detail.xhr.status;
  const list = document.querySelector("#listpane .rows");
  if (list) listTop = list.scrollTop;
  if (status === 400 || status === 409) {
    event.detail.shouldSwap = true;
    event.detail.isError = false;
  }
});
document.addEventListener("htmx:afterSettle", (event) => {
  if (event.detail.target.id !== "listpane" && !document.getElementById("listpane")) return;
  const row = openRow();
  showInDocument(row, true);
  keepRowInView(row);
  const path = event.detail.pathInfo && event.detail.pathInfo.requestPath;
  if (row && path && path.includes("/fill/")) focusFirstBlank();
  if (row) history.replaceState(null, "", `?r=${row.dataset.r}`);
});
if (paper) {
  paper.addEventListener("click", (event) => {
    const mark = event.target.closest(".r");
    if (!mark || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    const row = rowsOf().find((one) => one.dataset.r === mark.dataset.r);
    if (row) go(row);
    else window.location.href = mark.href;
  });
  document.addEventListener("mouseup", () => {
    const field = document.querySelector("[data-stretch]");
    const chosen = window.getSelection();
    if (field && chosen && !chosen.isCollapsed && paper.contains(chosen.anchorNode)) {
      const copy = chosen.getRangeAt(0).cloneContents();
      copy.querySelectorAll("u, .vh").forEach((node) => node.remove());
      const text = copy.textContent.trim();
      if (text) field.value = text;
    }
  });
}
document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  const here = document.activeElement;
  if (typing(here)) {
    if (event.key === "Escape") here.blur();
    return;
  }
  const row = openRow();
  const press = (selector) => {
    const node = row && row.querySelector(selector);
    if (node) {
      event.preventDefault();
      node.click();
    }
  };
  if (event.key === "ArrowDown" || event.key === "j") { event.preventDefault(); step(1); }
  else if (event.key === "ArrowUp" || event.key === "k") { event.preventDefault(); step(-1); }
  else if (/^[1-4]$/.test(event.key)) press(`button[data-key="${event.key}"]`);
  else if ("fesmxzrw".includes(event.key.toLowerCase())) press(`[data-key="${event.key.toLowerCase()}"]`);
  else if (event.key === "Enter" && (here === document.body || here === doc)) { event.preventDefault(); focusFirstBlank(); }
  else if (event.key === "?") window.location.href = document.querySelector(".keys a[href*='keys']").href;
});
window.addEventListener("resize", gutter);
document.fonts.ready.then(() => {
  gutter();
  const row = openRow();
  if (row) {
    showInDocument(row, true);
    keepRowInView(row);
    const field = row.querySelector("[autofocus]");
    if (field) field.focus();
  }
});
