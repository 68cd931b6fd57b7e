// The columns of tickets. Arrow keys move between cards; with Shift, left and right move the card itself.
import { $, el, say } from "./dom.js";
import { attempt, call, settings } from "./api.js";
import { go } from "./address.js";

const known = new Map();

export function drawCards(issues, open) {
  const focused = document.activeElement;
  for (const list of $("tickets").querySelectorAll(".cards")) {
    const here = issues.filter(issue => issue.status === list.dataset.status);
    const cards = here.map(issue => card(issue, issue.key === open));
    list.previousElementSibling.textContent = `${list.dataset.status} (${cards.length})`;
    if (cards.length !== list.children.length || cards.some((each, at) => each !== list.children[at])) list.replaceChildren(...cards);
  }
  // A card that moves to another column loses the focus.
  if (focused !== document.activeElement && focused.classList.contains("card")) focused.focus();
}

function columns() {
  if (!$("tickets").children.length) {
    $("tickets").append(...settings.statuses.map(status => {
      const list = el("div", { className: "cards" });
      list.dataset.status = status;
      return el("section", { className: "column" }, el("h2"), list);
    }));
  }
}

function card(issue, isOpen) {
  const state = JSON.stringify([issue, isOpen]);
  const entry = known.get(issue.key) || { node: el("button", { type: "button" }) };
  if (entry.state !== state) {
    const { node } = entry;
    node.className = issue.review ? "card review" : "card";
    node.dataset.key = issue.key;
    isOpen ? node.setAttribute("aria-current", "true") : node.removeAttribute("aria-current");
    node.replaceChildren(
      el("small", { textContent: `${issue.key} · ${issue.type} · ${issue.comments} 💬` }),
      el("span", { className: "summary", textContent: issue.summary }),
      el("span", {}, ...issue.labels.map(label => el("span", { className: "label", textContent: label }))));
    if (issue.webhook) node.append(el("small", { className: `webhook ${issue.webhook.status}`, textContent: issue.webhook.text }));
    known.set(issue.key, { node, state });
  }
  return entry.node;
}

export const focusCard = key => known.get(key)?.node.focus();

function beside(node, key) {
  const lists = [...$("tickets").querySelectorAll(".cards")].map(list => [...list.children]);
  const column = lists.findIndex(list => list.includes(node));
  const row = lists[column].indexOf(node);
  if (key === "ArrowDown") return lists[column][row + 1];
  if (key === "ArrowUp") return lists[column][row - 1];
  const others = key === "ArrowRight" ? lists.slice(column + 1) : lists.slice(0, column).reverse();
  const nearest = others.find(list => list.length);
  return nearest && nearest[Math.min(row, nearest.length - 1)];
}

async function moveSideways(key, status, step) {
  const { transitions } = await call("GET", `/rest/api/3/issue/${key}/transitions`);
  for (let at = settings.statuses.indexOf(status) + step; settings.statuses[at]; at += step) {
    const transition = transitions.find(each => each.to.name === settings.statuses[at]);
    if (!transition) continue;
    await call("POST", `/rest/api/3/issue/${key}/transitions`, { transition: { id: transition.id } });
    return transition.to.name;
  }
  throw new Error(`${key} cannot be moved further ${step < 0 ? "left" : "right"} from ${status}.`);
}

export function listen() {
  columns();
  $("tickets").addEventListener("click", event => {
    const node = event.target.closest(".card");
    if (node) go("tickets", node.dataset.key);
  });
  $("tickets").addEventListener("keydown", async event => {
    const node = event.target.closest(".card");
    if (!node || !event.key.startsWith("Arrow") || event.ctrlKey || event.altKey || event.metaKey) return;
    event.preventDefault();
    if (!event.shiftKey) return beside(node, event.key)?.focus();
    const step = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    if (!step) return;
    const status = node.closest(".cards").dataset.status;
    let target = "";
    if (await attempt(async () => { target = await moveSideways(node.dataset.key, status, step); })) say(`${node.dataset.key} moved to ${target}.`);
  });
}
