// The keyboard: single keys do something while nothing is being typed, unless they are switched off.
import { cancel } from "./conversation.js";
import { copyQuote } from "./copy.js";
import { closeSource } from "./source.js";
import { remember, remembered } from "./store.js";

const KEY = "normqa.single-keys";
const help = document.getElementById("keys");
const box = help.querySelector("input");
let current = null;

const isTyping = (target) => target.closest("input:not([type=checkbox]), textarea, select, [contenteditable]");
const quotes = () => [...document.querySelectorAll("main .quote[tabindex]")].filter((each) => each.checkVisibility());

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
  c: () => current?.isConnected && copyQuote(current, "plain"),
  o: () => current?.querySelector("a[data-source]")?.click() ?? listSource()?.click(),
  "?": () => help.open || help.showModal(),
};

// The items of a list have one source together.
function listSource() {
  return current?.closest(".turn")?.querySelector(".source a[data-source]");
}

document.addEventListener("focusin", (event) => {
  current = event.target.closest(".quote[tabindex]") ?? current;
});

document.addEventListener("keydown", (event) => {
  if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
  if (event.key === "Escape" && !help.open) {
    if (!cancel() && !closeSource() && isTyping(event.target)) event.target.blur();
    return;
  }
  const does = SINGLE[event.key];
  if (!does || !box.checked || isTyping(event.target) || document.querySelector("dialog:modal")) return;
  event.preventDefault();
  does();
});

document.addEventListener("click", (event) => {
  if (event.target.closest('[data-opens="keys"]')) help.showModal();
});
box.checked = remembered(KEY, true) !== false;
box.addEventListener("change", () => remember(KEY, box.checked));
