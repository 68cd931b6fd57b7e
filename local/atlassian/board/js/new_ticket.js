// The form for a new ticket. Esc closes it and keeps what was typed, Cancel discards it.
import { $, el } from "./dom.js";
import { adf, attempt, call, settings, words } from "./api.js";
import { discard, keep, kept } from "./kept_text.js";
import { go } from "./address.js";

const FIELDS = ["new-summary", "new-type", "new-labels", "new-text"];

function fill() {
  $("new-form").reset();
  for (const field of FIELDS) {
    const typed = kept("new-ticket", field);
    if (typed !== null) $(field).value = typed;
  }
}

async function create() {
  const text = adf($("new-text").value);
  const made = await call("POST", "/rest/api/3/issue", { fields: {
    project: { key: settings.projects[0] }, issuetype: { name: $("new-type").value }, summary: $("new-summary").value,
    labels: words($("new-labels").value), description: text.content.length ? text : null } });
  forget();
  $("dialog").close();
  go("tickets", made.key);
}

const forget = () => FIELDS.forEach(field => discard("new-ticket", field));

export function listen() {
  $("new-type").append(...settings.types.map(each => el("option", { textContent: each })));
  for (const field of FIELDS) $(field).addEventListener("input", event => keep("new-ticket", field, event.target.value));
  $("new").addEventListener("click", () => { fill(); $("dialog").showModal(); });
  $("cancel").addEventListener("click", () => { forget(); $("dialog").close(); });
  $("new-form").addEventListener("submit", event => {
    event.preventDefault();
    attempt(create, "Ticket created.");
  });
}
