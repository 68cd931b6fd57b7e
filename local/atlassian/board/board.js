"use strict";
const $ = id => document.getElementById(id);
const el = (tag, properties = {}, ...children) => {
  const node = Object.assign(document.createElement(tag), properties);
  node.append(...children);
  return node;
};
const person = () => SETTINGS.people.find(each => each.name === $("person").value);
let open = null;      // {issue: key} or {page: id, version}
let drawn = "";

async function call(method, path, body) {
  const headers = { Authorization: person().authorization };
  if (body !== undefined) headers["Content-Type"] = "application/json";
  const response = await fetch(path, { method, headers, body: body === undefined ? undefined : JSON.stringify(body) });
  const text = await response.text();
  const json = (response.headers.get("Content-Type") || "").includes("json") && text ? JSON.parse(text) : null;
  if (!response.ok) {
    const errors = json ? [...(json.errorMessages || []), ...Object.values(json.errors || {}).map(e => e.title || e), json.message] : [text];
    throw new Error(`${response.status}: ${errors.filter(Boolean).join("; ")}`);
  }
  return json ?? text;
}

async function attempt(action, done) {
  try { await action(); $("note").textContent = done || ""; } catch (error) { $("note").textContent = error.message; }
  await refresh();
}

const adf = text => ({
  type: "doc", version: 1,
  content: text.split(/\n{2,}/).filter(part => part.trim()).map(part => ({
    type: "paragraph",
    content: part.trim().split("\n").flatMap((line, at) => [...(at ? [{ type: "hardBreak" }] : []), ...(line ? [{ type: "text", text: line }] : [])]),
  })),
});

function drawTickets(issues) {
  $("tickets").replaceChildren(...SETTINGS.statuses.map(status => {
    const cards = issues.filter(issue => issue.status === status).map(issue => {
      const card = el("button", { type: "button", className: issue.review ? "card review" : "card" },
        el("small", { textContent: `${issue.key} · ${issue.type} · ${issue.comments} 💬` }), el("div", { textContent: issue.summary }),
        ...issue.labels.map(label => el("span", { className: "label", textContent: label })));
      card.addEventListener("click", () => show({ issue: issue.key }));
      return card;
    });
    return el("section", { className: "column" }, el("h2", { textContent: `${status} (${cards.length})` }), ...cards);
  }));
}

function drawPages(pages) {
  $("pages").replaceChildren(...pages.map(page => {
    const row = el("button", { type: "button", textContent: `${page.title}  ·  v${page.version}${page.status === "current" ? "" : ` · ${page.status}`}` });
    row.dataset.depth = Math.min(page.depth, 3);
    row.addEventListener("click", () => show({ page: page.id }));
    return row;
  }));
}

async function refresh() {
  const data = await call("GET", "/board/data");
  const now = JSON.stringify([data, open, person().name]);
  if (now === drawn) return;
  drawn = now;
  drawTickets(data.issues);
  drawPages(data.pages);
  if (open) await draw();
}

async function show(what) {
  open = what;
  $("detail").hidden = false;
  await attempt(draw);
  $("detail").focus({ preventScroll: true });
  window.scrollTo(0, 0);
}

async function draw() {
  const path = open.issue ? `/board/issue/${open.issue}` : `/board/page/${open.page}${open.version ? `?version=${open.version}` : ""}`;
  // The server escapes the fragment, and the page's content security policy blocks scripts in it.
  $("content").innerHTML = await call("GET", path);
  $("ticket-actions").hidden = !open.issue;
  $("page-actions").hidden = !open.page;
  if (open.issue) {
    const { transitions } = await call("GET", `/rest/api/3/issue/${open.issue}/transitions`);
    $("moves").replaceChildren(...transitions.map(each => {
      const button = el("button", { type: "button", textContent: each.to.name });
      button.addEventListener("click", () => move(each.id));
      return button;
    }));
    const issue = await call("GET", `/rest/api/3/issue/${open.issue}?fields=labels`);
    if (document.activeElement !== $("labels")) $("labels").value = issue.fields.labels.join(" ");
    $("labels").dataset.before = issue.fields.labels.join(" ");
  } else if (document.activeElement !== $("storage")) {
    const page = await call("GET", `/wiki/api/v2/pages/${open.page}`);
    const draft = await call("GET", `/wiki/api/v2/pages/${open.page}?body-format=storage&get-draft=true`);
    $("storage").value = draft.body.storage.value;
    Object.assign($("storage").dataset, { title: page.title, number: page.version.number });
  }
}

const move = id => attempt(() => call("POST", `/rest/api/3/issue/${open.issue}/transitions`, { transition: { id } }), "Ticket moved.");

async function comment() {
  const text = $("comment").value.trim();
  if (!text) throw new Error("The comment is empty. Write a comment first.");
  await call("POST", `/rest/api/3/issue/${open.issue}/comment`, { body: adf(text) });
  $("comment").value = "";
}

async function toDone() {
  const { transitions } = await call("GET", `/rest/api/3/issue/${open.issue}/transitions`);
  const done = transitions.find(each => each.to.name === "Done");
  if (!done) throw new Error("This ticket cannot be moved to Done from its current status.");
  await call("POST", `/rest/api/3/issue/${open.issue}/transitions`, { transition: { id: done.id } });
}

async function saveLabels() {
  const split = text => text.split(/\s+/).filter(Boolean);
  const before = split($("labels").dataset.before), after = split($("labels").value);
  await call("PUT", `/rest/api/3/issue/${open.issue}`, { update: { labels: [
    ...after.filter(each => !before.includes(each)).map(add => ({ add })),
    ...before.filter(each => !after.includes(each)).map(remove => ({ remove }))] } });
}

async function savePage(status) {
  const { title, number } = $("storage").dataset;
  await call("PUT", `/wiki/api/v2/pages/${open.page}`, {
    id: open.page, status, title, version: { number: status === "draft" ? 1 : Number(number) + 1, message: "Edited on the board" },
    body: { representation: "storage", value: $("storage").value } });
  document.activeElement.blur();
  open = { page: open.page };
}

async function discardDraft() {
  await call("DELETE", `/wiki/api/v2/pages/${open.page}?draft=true`);
  open = { page: open.page };
}

async function create() {
  const text = adf($("new-text").value);
  const made = await call("POST", "/rest/api/3/issue", { fields: {
    project: { key: SETTINGS.projects[0] }, issuetype: { name: $("new-type").value }, summary: $("new-summary").value,
    labels: $("new-labels").value.split(/\s+/).filter(Boolean), description: text.content.length ? text : null } });
  open = { issue: made.key };
  $("detail").hidden = false;
  $("new-summary").value = $("new-text").value = "";
}

function view(name) {
  for (const button of document.querySelectorAll("[data-view]")) button.setAttribute("aria-pressed", String(button.dataset.view === name));
  $("tickets").hidden = name !== "tickets";
  $("tickets").style.display = name === "tickets" ? "" : "none";
  $("pages").hidden = name !== "pages";
}

$("person").append(...SETTINGS.people.map(each => el("option", { value: each.name, textContent: each.shown })));
$("new-type").append(...SETTINGS.types.map(each => el("option", { textContent: each })));
$("person").addEventListener("change", () => attempt(async () => {}));
$("new").addEventListener("click", () => $("dialog").showModal());
$("dialog").addEventListener("close", () => { if ($("dialog").returnValue === "create") attempt(create, "Ticket created."); });
$("close").addEventListener("click", () => { open = null; $("detail").hidden = true; });
$("send").addEventListener("click", () => attempt(comment, "Comment added."));
$("send-done").addEventListener("click", () => attempt(async () => { await comment(); await toDone(); }, "Commented and moved to Done."));
$("save-labels").addEventListener("click", () => attempt(saveLabels, "Labels saved."));
$("save-page").addEventListener("click", () => attempt(() => savePage("current"), "New version published."));
$("keep-draft").addEventListener("click", () => attempt(() => savePage("draft"), "Draft saved."));
$("discard-draft").addEventListener("click", () => attempt(discardDraft, "Draft deleted."));
$("content").addEventListener("click", event => {
  const link = event.target.closest("[data-issue],[data-page]");
  if (!link) return;
  event.preventDefault();
  show(link.dataset.issue ? { issue: link.dataset.issue } : { page: link.dataset.page, version: link.dataset.version });
});
for (const button of document.querySelectorAll("[data-view]")) button.addEventListener("click", () => view(button.dataset.view));
view(location.hash === "#pages" ? "pages" : "tickets");
attempt(async () => {});
setInterval(() => { if (!document.hidden) refresh().catch(() => {}); }, 2000);
