// Makes an element; what it holds is text or other elements, never markup.
export function element(tag, properties, ...children) {
  const made = Object.assign(document.createElement(tag), properties);
  made.append(...children);
  return made;
}

// Fetches a page of this server and gives the part of it that a selector names; null if it has none.
export async function fetchPart(address, selector, signal) {
  const reply = await fetch(address, { signal, headers: { Accept: "text/html" } });
  const page = new DOMParser().parseFromString(await reply.text(), "text/html");
  const part = page.querySelector(selector);
  return { ok: reply.ok, part: part && document.adoptNode(part), title: page.title };
}

// Whether a click is an ordinary one, and not one that opens a tab or a menu.
export const isPlain = (event) =>
  !event.defaultPrevented && event.button === 0 && !(event.metaKey || event.ctrlKey || event.shiftKey || event.altKey);

// Says something to those who hear the page.
export function announce(text) {
  document.getElementById("told").textContent = text;
}
