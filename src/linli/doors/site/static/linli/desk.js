// Keys of the desk: J and K walk the rows, Enter opens (a link's own manner), D goes to the step to take now, N registers for a caller,
// slash goes to the filters, ? tells the keys. Without this file every one of them is a link or a field on the page.
(function () {
  "use strict";
  var typing = "input, select, textarea, [contenteditable]", narrow = 1100;

  function rows() { return Array.prototype.slice.call(document.querySelectorAll("[data-row]")); }

  function mark(row) {
    rows().forEach(function (other) { other.setAttribute("aria-selected", other === row ? "true" : "false"); });
  }

  function walk(step) {
    var all = rows(), at = all.findIndex(function (row) { return row.contains(document.activeElement); });
    if (at < 0) { at = all.findIndex(function (row) { return row.getAttribute("aria-selected") === "true"; }); if (step < 0 && at < 0) { return; } }
    var next = all[Math.min(all.length - 1, Math.max(0, at + step))];
    if (next) { mark(next); next.querySelector("[data-open]").focus(); next.scrollIntoView({ block: "nearest" }); }
  }

  function tellKeys() { var help = document.getElementById("keyshelp"); if (help && !help.open) { help.showModal(); } }

  function press(key) {
    if (key === "?") { tellKeys(); return true; }
    var target = /^[a-z/]$/.test(key) && document.querySelector("[data-key='" + key + "']");
    if (!target) { return false; }
    if (target.href && key !== "d") { target.click(); } else { target.focus(); }
    return true;
  }

  document.addEventListener("keydown", function (event) {
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || event.target.closest(typing)) { return; }
    if (document.querySelector("dialog[open]")) { return; }
    var key = event.key.toLowerCase();
    if (key === "j" || key === "k") { event.preventDefault(); walk(key === "j" ? 1 : -1); }
    else if (key === "escape") { var row = document.querySelector("[data-row][aria-selected=true] [data-open]"); if (row) { row.focus(); } }
    else if (press(key)) { event.preventDefault(); }
  });

  document.addEventListener("click", function (event) {
    if (event.target.closest("[data-keys]")) { tellKeys(); return; }
    if (event.target.closest("[data-print]")) { window.print(); return; }
    var row = event.target.closest("[data-row]"), open = event.target.closest("[data-open]"), first = event.target.closest("[data-first]");
    if (first) { var top = rows()[0]; if (top) { mark(top); } }
    if (!row) { return; }
    mark(row);
    // The whole row opens, not its link alone; a selection of text or another control in it does not.
    if (!open && !event.target.closest("a, button, input, select, textarea, label, summary") && !String(getSelection())) { row.querySelector("[data-open]").click(); }
  });

  // Beside a narrow list there is no room for a pane: the need opens on its own page.
  document.addEventListener("htmx:beforeRequest", function (event) {
    var link = event.detail.elt;
    if (event.detail.target && event.detail.target.id === "pane" && innerWidth <= narrow && link.href) { event.preventDefault(); location.href = link.href; }
  });

  // A pane that arrives takes the reading position, so that a keyboard or a screen reader continues there.
  document.addEventListener("htmx:afterSwap", function (event) {
    if (event.target.id === "pane") { event.target.scrollTop = 0; var head = event.target.querySelector("h1, h2"); if (head) { head.tabIndex = -1; head.focus({ preventScroll: true }); } }
  });

  // What a server answers with a refusal is a page of words: show it where the answer was expected. A whole screen that renews itself
  // keeps what it shows until it gets a whole screen again.
  document.addEventListener("htmx:beforeSwap", function (event) {
    var status = event.detail.xhr.status, whole = event.detail.target && event.detail.target.hasAttribute("data-whole");
    if (whole) { event.detail.shouldSwap = status === 200 && event.detail.serverResponse.indexOf("data-whole") >= 0; return; }
    if (status >= 400 && status < 500) { event.detail.shouldSwap = true; event.detail.isError = false; }
  });
})();
