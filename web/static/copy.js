// Copies a quote with its citation, as plain text or as Markdown.
import { announce, element } from "./element.js";

// What Markdown would read as markup, so that the copy reads as the quote does.
const escaped = (text) =>
  text.replace(/[\\`*_[\]<>#|~&]/g, "\\$&").replace(/^([-+=])/gm, "\\$1").replace(/^(\d+)([.)])/gm, "$1\\$2");

const WRITERS = {
  plain: (text, citation, address) => `“${text}”\n— ${citation} ${address}`,
  markdown: (text, citation, address) => {
    const lines = [...escaped(text).split("\n"), "", `— ${escaped(citation)} <${address}>`];
    return lines.map((line) => `> ${line}`.trimEnd()).join("\n");
  },
};

async function write(text) {
  if (navigator.clipboard) return navigator.clipboard.writeText(text);
  // Without a secure connection there is only the old way.
  const area = element("textarea", { value: text });
  document.body.append(area);
  area.select();
  document.execCommand("copy");
  area.remove();
}

export async function copyQuote(quote, format) {
  const block = quote.querySelector("blockquote");
  await write(WRITERS[format](block.textContent, quote.dataset.citation, block.cite));
  announce("Copied with its citation.");
}

document.addEventListener("click", async (event) => {
  const button = event.target.closest("[data-copy]");
  if (!button) return;
  const { copy } = button.dataset;
  if (copy === "citation") await write(button.previousElementSibling.textContent);
  else await copyQuote(button.closest(".quote"), copy);
  const label = button.textContent;
  if (label === "Copied") return;
  button.textContent = "Copied";
  setTimeout(() => (button.textContent = label), 1500);
});
