// The tree of pages.
import { $, draw, el } from "./dom.js";
import { go } from "./address.js";

export function drawPages(pages, open) {
  draw($("pages"), [pages, open], () => pages.map(page => {
    const state = page.status === "current" ? "" : ` · ${page.status}`;
    const row = el("button", { type: "button", textContent: `${page.title}  ·  v${page.version}${state}${page.draft ? " · unpublished draft" : ""}` });
    row.dataset.depth = Math.min(page.depth, 3);
    row.dataset.page = page.id;
    if (page.id === open) row.setAttribute("aria-current", "true");
    row.addEventListener("click", () => go("pages", page.id));
    return row;
  }));
}
