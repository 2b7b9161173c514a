// The plan's grid by keyboard: Enter goes down, Ctrl+Down copies from above, Ctrl+S saves.
"use strict";
const grid = document.getElementById("grid");
const cellsOf = (field) => {
  const column = field.name.split("-")[0];
  return Array.from(grid.querySelectorAll(`[name^="${column}-"]:not([type=hidden])`));
};
function move(field, by) {
  const column = cellsOf(field);
  const next = column[column.indexOf(field) + by];
  if (next) {
    next.focus();
    if (next.select) next.select();
  }
}
if (grid) {
  let changed = false;
  grid.addEventListener("input", () => { changed = true; });
  grid.addEventListener("submit", () => { changed = false; });
  window.addEventListener("beforeunload", (event) => { if (changed) event.preventDefault(); });
  grid.addEventListener("keydown", (event) => {
    const field = event.target.closest("input, select");
    if (!field) return;
    if (event.key === "Enter") {
      event.preventDefault();
      move(field, event.shiftKey ? -1 : 1);
    } else if (event.ctrlKey && event.key === "ArrowDown") {
      event.preventDefault();
      const column = cellsOf(field);
      const above = column[column.indexOf(field) - 1];
      if (above) {
        field.value = above.value;
        changed = true;
        move(field, 1);
      }
    } else if (event.ctrlKey && event.key.toLowerCase() === "p") {
      event.preventDefault();
      const line = field.closest("tr");
      const proposed = line.querySelector("[data-propose]");
      const choice = line.querySelector("select[name^='leader-']");
      if (proposed && choice) {
        choice.value = proposed.dataset.propose;
        changed = true;
      }
    }
  });
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey && event.key.toLowerCase() === "s") {
      event.preventDefault();
      grid.requestSubmit();
    }
  });
}
