// The pipeline beside the columns: what happens to each ticket, queues and dead letters.
import { $, draw, el } from "./dom.js";
import { call } from "./api.js";
import { go } from "./address.js";

const time = at => el("time", { dateTime: at, textContent: new Date(at).toISOString().slice(11, 19) });

function step(each, withKey) {
  const line = el("li", { className: `step ${each.kind}` }, time(each.at), " ");
  if (withKey && each.issue) {
    const link = el("a", { href: `#/tickets/${each.issue}`, textContent: each.issue });
    line.append(link, " ");
  }
  line.append(el("b", { textContent: each.kind }), ` ${each.text}`);
  for (const part of each.details || []) line.append(fold(part.title, part.text));
  return line;
}

const fold = (title, text) => el("details", {}, el("summary", { textContent: title }), el("pre", { textContent: text, tabIndex: 0 }));

function queue(each) {
  const counts = [["waiting", each.waiting], ["in flight", each.in_flight], ["delayed", each.delayed]].filter(([, count]) => count);
  const text = counts.map(([name, count]) => `${count} ${name}`).join(", ") || "empty";
  return el("li", { className: counts.length ? "queue busy" : "queue" }, el("b", { textContent: each.name }), ` ${text}`);
}

function deadLetters(each) {
  return el("li", { className: "queue dead" }, el("b", { textContent: each.name }), ` ${each.waiting} dead ${each.waiting === 1 ? "letter" : "letters"}`,
    ...each.messages.map(message => fold(message.title, message.text)));
}

// Steps arrive out of order, because logs come later than webhooks. A known step keeps its element, so that its folds
// stay open; the newest is on top.
const keys = new WeakMap();

function drawSteps(list, steps, withKey) {
  const before = new Map([...list.children].map(line => [keys.get(line), line]));
  const lines = steps.map(each => {
    const key = JSON.stringify(each);
    const line = before.get(key) || step(each, withKey);
    keys.set(line, key);
    return line;
  }).reverse();
  lines.forEach((line, at) => { if (list.children[at] !== line) list.insertBefore(line, list.children[at] ?? null); });
  while (list.children.length > lines.length) list.lastElementChild.remove();
}

export async function drawPipeline(open) {
  const shown = await call("GET", `/board/pipeline${open ? `?issue=${encodeURIComponent(open)}` : ""}`);
  drawSteps(open ? $("steps") : $("all-steps"), shown.steps, !open);
  $("no-steps").hidden = Boolean(shown.steps.length) || !open;
  if (open) return;
  draw($("queues"), shown.queues, () => shown.queues.map(queue));
  draw($("dead-letters"), shown.dead_letters, () => shown.dead_letters.map(deadLetters));
  $("no-dead-letters").hidden = shown.dead_letters.length > 0;
  $("no-pipeline").hidden = shown.connected;
}
