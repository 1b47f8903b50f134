// Keys of the desk: J and K walk the rows, Enter opens (a link's own manner), N registers for a caller, slash goes to the filters.
// Without this file every one of them is a link or a field on the page.
(function () {
  "use strict";
  var typing = "input, select, textarea, [contenteditable]";

  function rows() { return Array.prototype.slice.call(document.querySelectorAll("[data-row]")); }

  function mark(row) {
    rows().forEach(function (other) { other.setAttribute("aria-selected", other === row ? "true" : "false"); });
  }

  function walk(step) {
    var all = rows(), at = all.findIndex(function (row) { return row.contains(document.activeElement); });
    if (at < 0) { at = all.findIndex(function (row) { return row.getAttribute("aria-selected") === "true"; }); if (step < 0 && at < 0) { return; } }
    var next = all[Math.min(all.length - 1, Math.max(0, at + step))];
    if (next) { mark(next); next.querySelector("[data-open]").focus(); }
  }

  document.addEventListener("keydown", function (event) {
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || event.target.closest(typing)) { return; }
    var key = event.key.toLowerCase(), target = document.querySelector("[data-key='" + (key === "/" ? "slash" : key) + "']");
    if (key === "j" || key === "k") { event.preventDefault(); walk(key === "j" ? 1 : -1); }
    else if (/^[a-z/]$/.test(key) && target) { event.preventDefault(); if (target.href) { target.click(); } else { target.focus(); } }
    else if (key === "escape") { var row = document.querySelector("[data-row][aria-selected=true] [data-open]"); if (row) { row.focus(); } }
  });

  document.addEventListener("click", function (event) {
    var open = event.target.closest("[data-open]");
    if (open) { mark(open.closest("[data-row]")); }
  });

  // A pane that arrives takes the reading position, so that a keyboard or a screen reader continues there.
  document.addEventListener("htmx:afterSwap", function (event) {
    if (event.target.id === "pane") { var head = event.target.querySelector("h1"); if (head) { head.tabIndex = -1; head.focus({ preventScroll: innerWidth > 1100 }); } }
  });

  // What a server answers with a refusal is a page of words: show it where the answer was expected.
  document.addEventListener("htmx:beforeSwap", function (event) {
    if (event.detail.xhr.status >= 400 && event.detail.xhr.status < 500) { event.detail.shouldSwap = true; event.detail.isError = false; }
  });
})();
