// Shows what the URL says, and asks every second for what changed.
import { $, el, say } from "./dom.js";
import { attempt, call, person, settings } from "./api.js";
import { go, shown } from "./address.js";
import * as cards from "./cards.js";
import * as newTicket from "./new_ticket.js";
import * as page from "./page.js";
import * as ticket from "./ticket.js";
import { drawPages } from "./pages.js";
import { drawPipeline } from "./pipeline.js";

const PHONE = matchMedia("(max-width: 800px)");
let opened = "", lastKey = "";

function follow() {
  const { view, id, version } = shown();
  for (const link of document.querySelectorAll("[data-view]"))
    link.dataset.view === view ? link.setAttribute("aria-current", "page") : link.removeAttribute("aria-current");
  document.body.dataset.view = view;
  document.body.classList.toggle("open", Boolean(id));
  $("detail").hidden = !id;
  $("ticket-actions").hidden = view !== "tickets";
  $("page-actions").hidden = view !== "pages";
  // On a phone the detail covers the list, which must not take the focus then.
  $("list").inert = PHONE.matches && Boolean(id);
  const now = id ? `${view}/${id}/${version}` : "";
  if (now !== opened) {
    opened = now;
    if (id) open(view, id, version);
    else if (lastKey) cards.focusCard(lastKey);
  }
  refresh().catch(failed);
}

function open(view, id, version) {
  $("content").replaceChildren();
  delete $("content").dataset.drawn;
  if (view === "tickets") { lastKey = id; ticket.openTicket(id); } else page.openPage(id, version);
  $("detail").scrollTop = 0;
  $("detail").focus({ preventScroll: true });
}

function close() {
  go(shown().view);
}

let busy = false, again = false;

async function refresh() {
  if (busy) { again = true; return; }
  busy = true;
  try {
    const { view, id } = shown();
    const data = await call("GET", "/board/data");
    cards.drawCards(data.issues, view === "tickets" ? id : "");
    drawPages(data.pages, view === "pages" ? id : "");
    if (id) await (view === "tickets" ? ticket.drawTicket() : page.drawPage());
    if (view !== "pages") await drawPipeline(view === "tickets" ? id : "");
  } finally {
    busy = false;
    if (again) { again = false; refresh().catch(failed); }
  }
}

const failed = error => say(error instanceof TypeError ? "The region does not answer." : error.message);

function escape(event) {
  if (event.key !== "Escape" || $("dialog").open || !shown().id) return;
  event.preventDefault();
  close();
}

$("person").append(...settings.people.map(each => el("option", { value: each.name, textContent: each.shown })));
$("person").value = sessionStorage.getItem("kinexus-board/person") ?? settings.people[0].name;
if (!person()) $("person").value = settings.people[0].name;
$("person").addEventListener("change", () => { sessionStorage.setItem("kinexus-board/person", $("person").value); attempt(async () => {}); });
$("close").addEventListener("click", close);
$("content").addEventListener("click", event => {
  const link = event.target.closest("[data-issue],[data-page]");
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  link.dataset.issue ? go("tickets", link.dataset.issue) : go("pages", link.dataset.page, link.dataset.version);
});
for (const part of [cards, newTicket, page, ticket]) part.listen();
document.addEventListener("keydown", escape);
document.addEventListener("board:changed", () => refresh().catch(failed));
addEventListener("hashchange", follow);
PHONE.addEventListener("change", follow);
follow();
setInterval(() => { if (!document.hidden) refresh().catch(failed); }, 1000);
