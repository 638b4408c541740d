// Filter the list of documents on the server while a reader types.
import { announce, fetchPart } from "./element.js";

const PAUSE = 150; // milliseconds
const form = document.querySelector("form.filter");
let timer = 0;
let request = null;

async function filter() {
  request?.abort();
  request = new AbortController();
  const query = new URLSearchParams([...new FormData(form)].filter(([, value]) => value.trim()));
  const address = query.size ? `${form.action}?${query}` : form.action;
  try {
    const { ok, part } = await fetchPart(address, ".listing", request.signal);
    if (!ok || !part) return;
    document.querySelector(".listing").replaceWith(part);
    history.replaceState(history.state, "", address);
    announce(part.querySelector(".lead").firstChild.textContent);
  } catch (error) {
    if (error.name !== "AbortError") form.submit();
  }
}

form?.addEventListener("input", () => {
  clearTimeout(timer);
  timer = setTimeout(filter, PAUSE);
});
