// Open the source of a quote beside the conversation, or over it on a narrow screen.
import { announce, element, fetchPart, isPlain, root } from "./element.js";
import { readStorage } from "./store.js";

const MAX_CITED = 20;
const whole = element("a", {}, "Open as page");
const close = element("button", { type: "button", className: "quiet" }, "Close");
const sheet = element("div", { className: "sheet", tabIndex: 0 });
const pane = element("dialog", { className: "pane", ariaLabel: "Source" }, element("p", { className: "bar" }, whole, " ", close), sheet);
const roomy = matchMedia("(min-width: 72rem)");
let opener = null;
let opening = null;
let closing = false;

function toMark(top) {
  const mark = sheet.querySelector("#quote");
  if (top !== undefined) sheet.scrollTop = top;
  else if (mark) mark.scrollIntoView({ block: "center" });
  else sheet.scrollTop = 0;
}

// The page around the pane has a title of its own.
function demote(part) {
  const title = part.querySelector("h1");
  title?.replaceWith(element("h2", { className: "title", tabIndex: -1 }, ...title.childNodes));
}

function failed(href) {
  const again = element("a", { href }, "Try again");
  again.dataset.source = "";
  return element(
    "article",
    { className: "failed" },
    element("h2", { className: "title" }, "The source could not be loaded."),
    element("p", { className: "notice" }, "The server did not respond correctly. ", again),
  );
}

// Name the other quotes that the conversation takes from a document, so that its page marks them.
function withCited(href) {
  const address = new URL(href, location);
  const id = decodeURIComponent(address.pathname.slice(`${root}/documents/`.length)).replace(/\/$/, "");
  const known = address.searchParams.getAll("quote");
  const turns = readStorage("normqa.conversation", []);
  const quotes = turns.flatMap(({ permalink }) => (permalink ? new URL(permalink, location).searchParams.getAll("quote") : []));
  const others = quotes.filter((quote) => quote.split("-").slice(3).join("-") === id && !known.includes(quote));
  for (const quote of [...new Set(others)].slice(-MAX_CITED)) address.searchParams.append("cited", quote);
  return address.pathname + address.search + address.hash;
}

async function open(place, top) {
  const href = withCited(place);
  opening?.abort();
  opening = new AbortController();
  let part;
  try {
    ({ part } = await fetchPart(href, "article.document, .turn.failed", opening.signal));
  } catch (error) {
    if (error.name === "AbortError") return;
  }
  part ??= failed(href);
  demote(part);
  if (part.querySelector("[data-view]")) import("./original.js");
  sheet.replaceChildren(part);
  whole.href = href;
  document.documentElement.classList.add("with-source");
  if (!pane.open) roomy.matches ? pane.show() : pane.showModal();
  toMark(top);
  sheet.focus({ preventScroll: true });
  announce(part.querySelector(".notice")?.textContent ?? `Source: ${part.querySelector("h2").textContent}`);
}

function closePane() {
  opening?.abort();
  if (pane.open) pane.close();
}

// The pane is an entry in the browser's history, so that going back closes it.
export function closeSource() {
  if (!pane.open) return false;
  if (!history.state?.source) closePane();
  else if (!closing) history.back();
  closing = true;
  return true;
}

function sync() {
  closing = false;
  const source = history.state?.source;
  if (source) open(source, history.state.top);
  else closePane();
}

if (document.querySelector(".turn, .turns")) {
  document.body.append(pane);
  document.addEventListener("click", (event) => {
    const link = event.target.closest("a[data-source]");
    if (!link || !isPlain(event)) return;
    event.preventDefault();
    const source = link.getAttribute("href");
    const state = { source };
    if (history.state?.source) history.replaceState(state, "");
    else history.pushState(state, "");
    if (!pane.contains(link)) opener = link;
    open(source);
  });
  sheet.addEventListener("click", (event) => {
    const link = event.target.closest('a[href^="#"]:not([data-view])');
    if (!link) return;
    event.preventDefault();
    sheet.querySelector(link.hash)?.scrollIntoView({ block: "start" });
  });
  let settled = 0;
  sheet.addEventListener("scroll", () => {
    clearTimeout(settled);
    settled = setTimeout(() => {
      if (history.state?.source) history.replaceState({ ...history.state, top: sheet.scrollTop }, "");
    }, 150);
  });
  close.addEventListener("click", closeSource);
  pane.addEventListener("cancel", (event) => {
    event.preventDefault();
    closeSource();
  });
  pane.addEventListener("close", () => {
    closing = false;
    document.documentElement.classList.remove("with-source");
    sheet.replaceChildren();
    if (opener?.isConnected) opener.focus();
  });
  addEventListener("popstate", sync);
  if (history.state?.source) sync();
}
