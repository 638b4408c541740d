// Keyboard shortcuts. Single keys work outside of text fields, unless they are disabled.
import { cancel } from "./conversation.js";
import { copyQuote } from "./copy.js";
import { closeSource } from "./source.js";
import { element } from "./element.js";
import { readStorage, writeStorage } from "./store.js";

const KEY = "normqa.single-keys";
const KEYS = [
  ["/", "focus the question field"],
  ["Enter", "ask"],
  ["Esc", "cancel, or close"],
  ["j", "next quote"],
  ["k", "previous quote"],
  ["c", "copy the quote with its citation"],
  ["o", "open the source of the quote"],
  ["s", "add the quote to the brief, or remove it"],
  ["?", "show these shortcuts"],
];
const box = element("input", { type: "checkbox", checked: readStorage(KEY, true) !== false });
const help = element(
  "dialog",
  { className: "keys", ariaLabel: "Keyboard shortcuts" },
  element("h2", {}, "Keyboard shortcuts"),
  element(
    "dl",
    {},
    ...KEYS.map(([key, description]) =>
      element("div", {}, element("dt", {}, element("kbd", {}, key)), element("dd", {}, description)),
    ),
  ),
  element("p", {}, element("label", {}, box, " Enable single-key shortcuts")),
  element("form", { method: "dialog" }, element("button", { className: "quiet" }, "Close")),
);
let current = null;
document.body.append(help);

const isTyping = (target) => target.closest("input:not([type=checkbox]), textarea, select, [contenteditable]");
const quotes = () => [...document.querySelectorAll("main .quote[tabindex]")].filter((quote) => quote.checkVisibility());

function step(by) {
  const all = quotes();
  const at = all.indexOf(current);
  const next = at < 0 ? (by > 0 ? 0 : all.length - 1) : at + by;
  if (!all[next]) return;
  current = all[next];
  current.focus({ preventScroll: true });
  current.scrollIntoView({ block: "nearest" });
}

const SINGLE = {
  "/": () => document.getElementById("q")?.focus(),
  j: () => step(1),
  k: () => step(-1),
  c: () => current?.isConnected && copyQuote(current),
  o: () => (current?.querySelector("a[data-source]") ?? listSource())?.click(),
  s: () => current?.querySelector(".star input")?.click(),
  "?": () => help.open || help.showModal(),
};

// The items of a list share one source link.
function listSource() {
  return current?.closest(".turn")?.querySelector(".source a[data-source]");
}

document.addEventListener("focusin", (event) => {
  current = event.target.closest(".quote[tabindex]") ?? current;
});

document.addEventListener("keydown", (event) => {
  if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
  if (event.key === "Escape") {
    if (document.querySelector("dialog:modal")) return; // the browser closes it
    if (!cancel() && !closeSource() && isTyping(event.target)) event.target.blur();
    return;
  }
  const action = SINGLE[event.key];
  if (!action || !box.checked || isTyping(event.target) || document.querySelector("dialog:modal")) return;
  event.preventDefault();
  action();
});

document.addEventListener("click", (event) => {
  if (event.target.closest('[data-opens="keys"]')) help.showModal();
});
box.addEventListener("change", () => writeStorage(KEY, box.checked));
