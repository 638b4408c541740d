// Path of the first page without its final slash; empty unless a proxy serves normqa under a prefix.
export const root = document.documentElement.dataset.root;

// Make an element. Its children are text or other elements, never markup.
export function element(tag, properties, ...children) {
  const made = Object.assign(document.createElement(tag), properties);
  made.append(...children);
  return made;
}

// Fetch a page of this server and return the part that a selector matches; null if nothing does. Fields are sent as a form.
export async function fetchPart(address, selector, signal, fields) {
  const sent = fields && { method: "POST", body: new URLSearchParams(fields) };
  const reply = await fetch(address, { ...sent, signal, headers: { Accept: "text/html" } });
  const page = new DOMParser().parseFromString(await reply.text(), "text/html");
  const part = page.querySelector(selector);
  return { ok: reply.ok, part: part && document.adoptNode(part), title: page.title };
}

// Fetch JSON of this server; null if it reports an error.
export async function fetchJson(address, signal) {
  const reply = await fetch(address, { signal });
  return reply.ok ? reply.json() : null;
}

// Whether a click is a plain one, and does not open a tab or a menu.
export const isPlain = (event) =>
  !event.defaultPrevented && event.button === 0 && !(event.metaKey || event.ctrlKey || event.shiftKey || event.altKey);

// Announce a text to screen readers.
export function announce(text) {
  document.getElementById("announcement").textContent = text;
}
