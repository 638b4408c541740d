// Keeps the conversation in the browser's own storage, and nowhere else.
import { element } from "./element.js";

const KEY = "normqa.conversation";
const MOST = 60;

export function remembered(key, otherwise) {
  try {
    return JSON.parse(localStorage.getItem(key)) ?? otherwise;
  } catch {
    return otherwise; // storage may be closed to this page, or hold something else
  }
}

export function remember(key, value) {
  try {
    if (value === null) localStorage.removeItem(key);
    else localStorage.setItem(key, JSON.stringify(value));
  } catch {
    // without storage the conversation lives in the address alone
  }
}

// Takes down the questions on the page, and of those that were answered on it where their answers are kept.
export function keep() {
  const known = new Map(remembered(KEY, []).map((each) => [each.address, each]));
  const links = [...document.querySelectorAll(".trail a")].map((link) => ({
    ...known.get(link.getAttribute("href")),
    question: link.textContent,
    address: link.getAttribute("href"),
  }));
  const answers = [...document.querySelectorAll(".turn[data-address]:not([hidden], .failed)")].map((turn) => ({
    question: turn.querySelector("h1").textContent,
    address: turn.dataset.address,
    permalink: turn.dataset.permalink,
  }));
  if (answers.length) remember(KEY, [...links, ...answers].slice(-MOST));
}

function offer(kept) {
  const turns = remembered(KEY, []).filter((each) => each.address?.startsWith("/?"));
  if (!turns.length) return kept.classList.add("empty");
  kept.querySelector("ol").append(
    ...turns.map(({ question, address, permalink }) => {
      const item = element("li", {}, element("a", { href: address }, question));
      if (permalink?.startsWith("/answer?")) item.append(" ", element("a", { className: "quiet", href: permalink }, "as it was answered"));
      return item;
    }),
  );
  kept.hidden = false;
}

document.addEventListener("click", (event) => {
  if (!event.target.closest("[data-clear]")) return;
  remember(KEY, null);
  location.assign("/");
});

const kept = document.querySelector(".kept");
if (kept) offer(kept);
