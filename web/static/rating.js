// Rate an answer without leaving the page.
import { announce, element, fetchPart } from "./element.js";

const FAILED = "Your rating could not be saved.";

async function next(form, fields) {
  try {
    const reply = await fetchPart(form.action, "form.rating", undefined, fields);
    if (reply.part) return reply.part;
  } catch {
    // The server did not respond.
  }
  return element("form", { className: "rating" }, element("p", { role: "status", tabIndex: -1 }, FAILED));
}

document.addEventListener("submit", async (event) => {
  const form = event.target.closest("form.rating");
  if (!form || form.ariaBusy === "true") return;
  event.preventDefault();
  form.ariaBusy = "true";
  const reply = await next(form, new FormData(form, event.submitter));
  form.replaceWith(reply);
  const status = reply.querySelector("[role=status]");
  status.focus({ preventScroll: true });
  announce(status.textContent);
});
