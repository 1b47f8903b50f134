// The arrow keys walk the months; without this file the months are links.
(function () {
  "use strict";
  document.addEventListener("keydown", function (event) {
    if (event.altKey || event.ctrlKey || event.metaKey || event.shiftKey) { return; }
    var link = /^Arrow(Left|Right)$/.test(event.key) && document.querySelector("[data-move='" + event.key + "']");
    if (link) { event.preventDefault(); link.click(); }
  });
})();
