// Helpers for elements.

export const $ = id => document.getElementById(id);

export const el = (tag, properties = {}, ...children) => {
  const node = Object.assign(document.createElement(tag), properties);
  node.append(...children);
  return node;
};

export const say = text => { $("note").textContent = text; };

// Replace the children only when they differ, so that focus, open folds and selections stay.
export function draw(node, value, children) {
  const now = JSON.stringify(value);
  if (node.dataset.drawn === now) return;
  node.dataset.drawn = now;
  node.replaceChildren(...children());
}
