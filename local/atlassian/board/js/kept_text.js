// What a person has typed, kept in the browser until it is sent or discarded.

const name = (field, id) => `kinexus-board/${field}/${id}`;

export function keep(field, id, value) {
  localStorage.setItem(name(field, id), JSON.stringify(value));
}

export function kept(field, id) {
  return JSON.parse(localStorage.getItem(name(field, id)));
}

export function discard(field, id) {
  localStorage.removeItem(name(field, id));
}
