// Collect quotes for a brief, which is stored in this browser only, as the query of its address.
import { announce, element, root } from "./element.js";
import { readStorage, writeStorage } from "./store.js";

const KEY = "normqa.brief";
const EDITED = "normqa.brief.edited"; // set while this browser's own brief is sent to the server and returns
const MAX_BYTES = 7000; // as on the server
const FULL = "The brief is full: its address would be too long. Shorten notes, or remove quotes.";

const stored = () => new URLSearchParams(readStorage(KEY, ""));
const isSame = (query) => String(new URLSearchParams(query)) === String(stored());
const address = () => (stored().has("quote") ? `${root}/brief?${stored()}` : `${root}/brief`);

function keepBrief(query) {
  writeStorage(KEY, query);
  mark(document);
}

// Show which quotes of a part of the page are in the brief, and how many quotes it has.
function mark(part) {
  const quotes = stored().getAll("quote");
  for (const star of part.querySelectorAll(".star input")) star.checked = quotes.includes(star.value);
  const link = document.querySelector("[data-brief]");
  link.href = address();
  if (quotes.length) link.dataset.count = quotes.length;
  else delete link.dataset.count;
}

// The notes that follow a quote go with it.
function without(query, removed) {
  let kept = true;
  return new URLSearchParams(
    [...query].filter(([name, value]) => {
      if (name === "quote") kept = value !== removed;
      return kept;
    }),
  );
}

// Add a quote to the brief, or remove it.
export function collect(star, isWanted) {
  const query = without(stored(), star.value);
  if (isWanted) query.append("quote", star.value);
  const isFull = isWanted && String(query).length > MAX_BYTES;
  star.closest(".star").parentElement.querySelector(".full")?.remove();
  if (isFull) star.closest(".star").after(element("span", { className: "full" }, FULL));
  else writeStorage(KEY, String(query));
  mark(document);
  announce(isFull ? FULL : isWanted ? "Added to the brief." : "Removed from the brief.");
}

document.addEventListener("submit", (event) => {
  if (!event.target.matches(".collect")) return;
  event.preventDefault();
  location.assign(address());
});

// A brief from a link does not replace the reader's own unless the reader says so.
function offer(form) {
  const own = stored().getAll("quote").length;
  const keep = element("button", { type: "button", className: "quiet" }, own ? "Replace it with this one" : "Keep it in this browser");
  const note = element("p", { className: "notice" }, own ? "This brief comes from a link. Your own brief is " : "This brief comes from a link. ");
  if (own) note.append(element("a", { href: address() }, `another one, with ${own} quote${own === 1 ? "" : "s"}`), ". ");
  note.append(keep);
  keep.addEventListener("click", () => {
    keepBrief(form.dataset.query);
    note.replaceWith(element("p", { className: "notice", role: "status" }, "This brief is now stored in this browser."));
  });
  form.before(note);
}

const page = document.querySelector(".brief");
const form = document.getElementById("brief");
const wasEdited = readStorage(EDITED, false);
writeStorage(EDITED, null);
if (form) {
  const isLong = () => String(new URLSearchParams([...new FormData(form)].filter(([, value]) => value))).length > MAX_BYTES;
  if (wasEdited) keepBrief(form.dataset.query);
  else if (!isSame(form.dataset.query)) offer(form);
  form.addEventListener("input", () => (form.querySelector(".size").textContent = isLong() ? FULL : "Not saved yet."));
  form.addEventListener("submit", (event) => {
    if (!isLong() || event.submitter?.name === "remove") return;
    event.preventDefault();
    form.querySelector(".size").textContent = FULL;
  });
} else if (page && wasEdited) keepBrief("");
else if (page && stored().has("quote")) location.replace(address());
page?.addEventListener("submit", (event) => {
  if (!event.defaultPrevented && (!form || isSame(form.dataset.query))) writeStorage(EDITED, true);
});

mark(document);
new MutationObserver(() => mark(document)).observe(document.body, { childList: true, subtree: true });
for (const kind of ["pageshow", "storage"]) addEventListener(kind, () => mark(document));
