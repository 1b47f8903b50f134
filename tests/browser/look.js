// What a page is measured by, beyond axe. Each function returns sentences about what is wrong; an empty list is a good page.
window.linliLook = (() => {
  "use strict";
  const CONTROLS = "a[href], button, input:not([type=hidden]), select, textarea, summary";
  const shown = (element) => {
    const box = element.getBoundingClientRect(), style = getComputedStyle(element);
    return box.width > 1 && box.height > 1 && box.right > 0 && style.visibility !== "hidden" && !element.closest("[hidden]");
  };
  const name = (element) => {
    const words = (element.getAttribute("aria-label") || element.textContent || element.getAttribute("name") || "").trim().replace(/\s+/g, " ");
    return `<${element.tagName.toLowerCase()} class="${element.className.baseVal ?? element.className}"> ${words.slice(0, 40)}`;
  };
  // A link within a sentence is as high as its line, and may be: WCAG 2.5.8 excepts it.
  const inSentence = (element) => {
    if (element.tagName !== "A" || getComputedStyle(element).display !== "inline") return false;
    const around = element.closest("p, li, td, small, dd, h1, h2, h3, span");
    return around !== null && around.textContent.trim().length > element.textContent.trim().length;
  };
  // A box and its label are one target.
  const target = (element) => (element.type === "checkbox" || element.type === "radio") ? element.closest("label") || element : element;
  const round = (value) => Math.round(value * 10) / 10;

  const targets = (least) => [...document.querySelectorAll(CONTROLS)].filter((e) => shown(e) && !inSentence(e)).map(target)
    .map((e) => [e, e.getBoundingClientRect()]).filter(([, box]) => box.width < least - 0.5 || box.height < least - 0.5)
    .map(([e, box]) => `target ${round(box.width)} × ${round(box.height)} < ${least}: ${name(e)}`);

  const overflow = () => {
    const room = document.documentElement.clientWidth;
    if (document.documentElement.scrollWidth <= room) return [];
    const scrolls = (e) => { for (let up = e.parentElement; up && up !== document.body; up = up.parentElement) if (getComputedStyle(up).overflowX !== "visible") return true; return false; };
    const over = [...document.body.querySelectorAll("*")].filter((e) => shown(e) && e.getBoundingClientRect().right > room + 1 && !scrolls(e));
    return [`page is ${document.documentElement.scrollWidth} wide in ${room}: ${over.slice(-3).map(name).join(" | ")}`];
  };

  // Lines of one text stand apart by a factor of their size; a text of a single line has no spacing.
  const spacing = (least) => {
    const found = [], range = document.createRange(), walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    while (walker.nextNode()) {
      const text = walker.currentNode, around = text.parentElement;
      if (!text.data.trim() || !shown(around) || around.closest("svg, option, select, textarea")) continue;
      range.selectNodeContents(text);
      if (new Set([...range.getClientRects()].map((box) => Math.round(box.top))).size < 2) continue;
      const style = getComputedStyle(around), factor = parseFloat(style.lineHeight) / parseFloat(style.fontSize);
      if (factor < least - 0.01) found.push(`lines stand ${round(factor)} apart: ${name(around)}`);
    }
    return found;
  };

  // Words that are cut off at the edge of their own box, or run out of what is to be tapped and over its neighbour.
  const ranOut = () => [...document.querySelectorAll(CONTROLS)].filter((e) => shown(e) && getComputedStyle(e).display !== "inline" && !/^(INPUT|SELECT|TEXTAREA)$/.test(e.tagName)).filter((e) => {
    const edge = e.getBoundingClientRect().right + 1, range = document.createRange(), walker = document.createTreeWalker(e, NodeFilter.SHOW_TEXT);
    while (walker.nextNode()) {
      if (!walker.currentNode.data.trim() || walker.currentNode.parentElement.closest(".hidden")) continue;
      range.selectNodeContents(walker.currentNode);
      if ([...range.getClientRects()].some((box) => box.right > edge)) return true;
    }
    return false;
  }).map((e) => `words run out of their box: ${name(e)}`);
  const cut = () => ranOut().concat(cutOff());
  const cutOff = () => [...document.body.querySelectorAll("*")].filter((e) => shown(e) && e.childElementCount === 0 && e.textContent.trim() && !e.closest("pre, textarea, select, .hidden, .skip"))
    .filter((e) => getComputedStyle(e).overflowX === "hidden" && e.scrollWidth > e.clientWidth + 1).map((e) => `words cut off: ${name(e)}`);

  const axeRun = async (options) => {
    const { elder, ...rest } = options;
    if (elder) axe.configure({ checks: [{ id: "color-contrast-enhanced", options: { contrastRatio: { normal: { expected: 7 }, large: { expected: 7 } } } }] });
    const result = await axe.run(document, { ...rest, resultTypes: ["violations"], preload: false });
    return result.violations.flatMap((v) => v.nodes.map((n) => `${v.id}: ${n.target.join(" ")} — ${(n.failureSummary || "").split("\n").slice(1).join(" ").trim().slice(0, 220)}`));
  };
  return { targets, overflow, spacing, cut, axe: axeRun };
})();
