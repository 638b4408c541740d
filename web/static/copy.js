// Copy a quote with its citation, as plain text or as Markdown, or a citation or link by itself.
import { announce, element } from "./element.js";

async function write(text) {
  if (navigator.clipboard) return navigator.clipboard.writeText(text);
  // Browsers offer navigator.clipboard only on secure connections.
  const area = element("textarea", { value: text });
  document.body.append(area);
  area.select();
  document.execCommand("copy");
  area.remove();
}

// Copy Markdown that the server escaped, or plain text.
export async function copyQuote(quote, markdown) {
  const block = quote.querySelector("blockquote");
  const { context, text } = quote.dataset;
  const plain = `${context}“${text}”\n— ${quote.dataset.citation} ${block.cite}`;
  await write(markdown ? `${markdown} <${block.cite}>` : plain);
  announce("Copied with citation.");
}

document.addEventListener("click", async (event) => {
  const button = event.target.closest("[data-copy]");
  if (!button) return;
  const { copy, markdown } = button.dataset;
  const beside = button.previousElementSibling;
  if (copy === "citation") await write(beside.textContent);
  else if (copy === "link") await write(beside.href);
  else await copyQuote(button.closest(".quote"), markdown);
  const label = button.textContent;
  if (label === "Copied") return;
  button.textContent = "Copied";
  setTimeout(() => (button.textContent = label), 1500);
});
