// The open ticket: its text, moves, comment and labels.
import { $, draw, el } from "./dom.js";
import { adf, attempt, call, words } from "./api.js";
import { discard, keep, kept } from "./kept_text.js";

let key = "";

// Fill the fields with what was typed before; called when another ticket is opened.
export function openTicket(opened) {
  key = opened;
  $("comment").value = kept("comment", key) ?? "";
}

export async function drawTicket() {
  const asked = key;
  const [html, { transitions }, issue] = await Promise.all([
    call("GET", `/board/issue/${key}`),
    call("GET", `/rest/api/3/issue/${key}/transitions`),
    call("GET", `/rest/api/3/issue/${key}?fields=labels`),
  ]);
  if (asked !== key) return;
  // The server escapes the fragment, and the page's content security policy blocks scripts in it.
  if ($("content").dataset.drawn !== html) { $("content").innerHTML = html; $("content").dataset.drawn = html; }
  draw($("moves"), [key, transitions], () => transitions.map(each => {
    const button = el("button", { type: "button", textContent: each.to.name });
    button.addEventListener("click", () => attempt(() => move(each.id), "Ticket moved."));
    return button;
  }));
  const labels = issue.fields.labels.join(" ");
  $("labels").dataset.before = labels;
  const typed = kept("labels", key) ?? labels;
  if ($("labels").value !== typed) $("labels").value = typed;
}

const move = id => call("POST", `/rest/api/3/issue/${key}/transitions`, { transition: { id } });

async function comment() {
  const ticket = key, text = $("comment").value.trim();
  if (!text) throw new Error("The comment is empty. Write a comment first.");
  await call("POST", `/rest/api/3/issue/${ticket}/comment`, { body: adf(text) });
  discard("comment", ticket);
  if (ticket === key) $("comment").value = "";
}

async function commentAndFinish() {
  const ticket = key;
  const { transitions } = await call("GET", `/rest/api/3/issue/${ticket}/transitions`);
  const done = transitions.find(each => each.to.name === "Done");
  if (!done) throw new Error("This ticket cannot be moved to Done from its current status.");
  await comment();
  await call("POST", `/rest/api/3/issue/${ticket}/transitions`, { transition: { id: done.id } });
}

async function saveLabels() {
  const before = words($("labels").dataset.before), after = words($("labels").value);
  await call("PUT", `/rest/api/3/issue/${key}`, { update: { labels: [
    ...after.filter(each => !before.includes(each)).map(add => ({ add })),
    ...before.filter(each => !after.includes(each)).map(remove => ({ remove }))] } });
  discard("labels", key);
}

function discardTyped() {
  discard("comment", key);
  discard("labels", key);
  openTicket(key);
}

export function listen() {
  for (const field of ["comment", "labels"]) $(field).addEventListener("input", event => keep(field, key, event.target.value));
  $("send").addEventListener("click", () => attempt(comment, "Comment added."));
  $("send-done").addEventListener("click", () => attempt(commentAndFinish, "Commented and moved to Done."));
  $("save-labels").addEventListener("click", () => attempt(saveLabels, "Labels saved."));
  $("discard-typed").addEventListener("click", () => attempt(async () => discardTyped(), "Discarded what was typed."));
}
