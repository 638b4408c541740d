// Switch a document between its text and the page of the original that shows the marked place.
import { element, isPlain } from "./element.js";

const SCALE = 2; // pixels a point in the pictures of pages

function show(link) {
  const article = link.closest("article");
  article.querySelector("figure.page")?.remove();
  for (const other of link.parentElement.children) other.removeAttribute("aria-current");
  link.setAttribute("aria-current", "true");
  const text = article.querySelector(".text");
  const isText = link.dataset.view === "text";
  text.hidden = !isText;
  if (isText) return article.querySelector("#quote")?.scrollIntoView({ block: "center" });
  const picture = element("img", { alt: link.dataset.text || link.textContent, src: link.href });
  const mark = element("span", { className: "place" });
  const page = element("figure", { className: "page" }, picture, mark);
  text.before(page);
  picture.addEventListener("load", () => {
    mark.style.top = `${(100 * SCALE * link.dataset.top) / picture.naturalHeight}%`;
    if (link.dataset.text) mark.scrollIntoView({ block: "center" });
  });
  picture.addEventListener("error", () => {
    page.replaceChildren(element("p", { className: "notice" }, "This page of the original cannot be shown. ", element("a", { href: link.href }, "Why?")));
  });
}

document.addEventListener("click", (event) => {
  const link = event.target.closest("a[data-view]");
  if (!link || !isPlain(event)) return;
  event.preventDefault();
  show(link);
});
