// Store the conversation in this browser only.
import { element, root } from "./element.js";

const KEY = "normqa.conversation";
const CLEARED = "normqa.cleared";
const MAX_QUESTIONS = 60;

export function readStorage(key, otherwise) {
  try {
    return JSON.parse(localStorage.getItem(key)) ?? otherwise;
  } catch {
    return otherwise; // storage may be disabled or contain other data
  }
}

export function writeStorage(key, value) {
  try {
    if (value === null) localStorage.removeItem(key);
    else localStorage.setItem(key, JSON.stringify(value));
  } catch {
    // without storage, the conversation is in the address only
  }
}

// Store the questions on the page, with permalinks for those that were answered on it.
export function keep() {
  const known = new Map(readStorage(KEY, []).map((turn) => [turn.address, turn]));
  const links = [...document.querySelectorAll(".trail a")].map((link) => ({
    ...known.get(link.getAttribute("href")),
    question: link.textContent,
    address: link.getAttribute("href"),
  }));
  const answers = [...document.querySelectorAll(".turn[data-address]:not([hidden], .failed)")].map((turn) => ({
    question: turn.querySelector(".question").textContent,
    address: turn.dataset.address,
    permalink: turn.dataset.permalink,
  }));
  if (answers.length) writeStorage(KEY, [...links, ...answers].slice(-MAX_QUESTIONS));
}

function offer(kept) {
  const turns = readStorage(KEY, []).filter((turn) => turn.address?.startsWith(`${root}/?`));
  if (!turns.length) return kept.classList.add("empty");
  kept.querySelector("ol").append(
    ...turns.map(({ question, address, permalink }) => {
      const item = element("li", {}, element("a", { href: address }, question));
      if (permalink?.startsWith(`${root}/answer?`)) item.append(" ", element("a", { className: "quiet", href: permalink }, "quotes at the time"));
      return item;
    }),
  );
  kept.hidden = false;
}

document.addEventListener("click", (event) => {
  if (!event.target.closest("[data-clear]")) return;
  const cleared = readStorage(KEY, []);
  writeStorage(KEY, null);
  if (cleared.length) writeStorage(CLEARED, cleared);
  location.assign(`${root}/`);
});

// Offer to bring back what was cleared, once.
function offerUndo(kept) {
  const cleared = readStorage(CLEARED, []);
  writeStorage(CLEARED, null);
  if (!cleared.length) return;
  const undo = element("button", { type: "button", className: "quiet" }, "Undo");
  const note = element("p", { className: "cleared", role: "status" }, "The conversation was cleared. ", undo);
  kept.before(note);
  undo.addEventListener("click", () => {
    writeStorage(KEY, cleared);
    note.remove();
    kept.classList.remove("empty");
    offer(kept);
  });
}

const kept = document.querySelector(".kept");
if (kept) {
  offer(kept);
  offerUndo(kept);
}
