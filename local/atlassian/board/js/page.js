// The open page: its text, and an editor of its storage format that keeps what is typed and the version it began from.
import { $ } from "./dom.js";
import { attempt, call } from "./api.js";
import { discard, keep, kept } from "./kept_text.js";
import { go } from "./address.js";

let id = "", version = "";
let title = "";

export function openPage(opened, number) {
  if (id !== opened) $("storage").value = kept("storage", opened)?.text ?? "";
  [id, version] = [opened, number];
}

export async function drawPage() {
  const asked = id;
  const [html, page, draft] = await Promise.all([
    call("GET", `/board/page/${id}${version ? `?version=${version}` : ""}`),
    call("GET", `/wiki/api/v2/pages/${id}`),
    call("GET", `/wiki/api/v2/pages/${id}?body-format=storage&get-draft=true`),
  ]);
  if (asked !== id) return;
  if ($("content").dataset.drawn !== html) { $("content").innerHTML = html; $("content").dataset.drawn = html; }
  title = page.title;
  $("storage").dataset.number = page.version.number;
  const typed = kept("storage", id);
  if (!typed && $("storage").value !== draft.body.storage.value) $("storage").value = draft.body.storage.value;
  $("outdated").hidden = !typed || typed.number === page.version.number;
  if (!$("outdated").hidden) $("outdated").textContent =
    `Your text began from version ${typed.number}; version ${page.version.number} was published since. Publishing it is refused: copy what you need, then discard it.`;
}

async function save(status) {
  const number = kept("storage", id)?.number ?? Number($("storage").dataset.number);
  await call("PUT", `/wiki/api/v2/pages/${id}`, {
    id, status, title, version: { number: status === "draft" ? 1 : number + 1, message: "Edited on the board" },
    body: { representation: "storage", value: $("storage").value } });
  discard("storage", id);
  go("pages", id);
}

async function deleteDraft() {
  await call("DELETE", `/wiki/api/v2/pages/${id}?draft=true`);
  go("pages", id);
}

export function listen() {
  $("storage").addEventListener("input", () =>
    keep("storage", id, { text: $("storage").value, number: kept("storage", id)?.number ?? Number($("storage").dataset.number) }));
  $("save-page").addEventListener("click", () => attempt(() => save("current"), "New version published."));
  $("keep-draft").addEventListener("click", () => attempt(() => save("draft"), "Draft saved."));
  $("discard-draft").addEventListener("click", () => attempt(deleteDraft, "Draft deleted."));
  $("discard-text").addEventListener("click", () => attempt(async () => discard("storage", id), "Discarded what was typed."));
}
