// The URL holds what is shown, so that Back, reload and links work:
// #/tickets, #/tickets/KEY, #/pages, #/pages/ID, #/pages/ID/VERSION, #/pipeline.

const VIEWS = ["tickets", "pages", "pipeline"];

export function shown() {
  const [view, id, version] = location.hash.replace(/^#\/?/, "").split("/").map(decodeURIComponent);
  return { view: VIEWS.includes(view) ? view : "tickets", id: id || "", version: version || "" };
}

export function go(view, id = "", version = "") {
  location.hash = ["", view, id, version].filter((part, at) => at === 0 || part).map(encodeURIComponent).join("/");
}
