// Preview a quote with the text around it while its marker is hovered or focused.
import { element } from "./element.js";

const preview = element("div", { id: "preview", className: "preview", role: "tooltip", hidden: true });
document.getElementById("main").append(preview);

function show(marker) {
  const quote = marker.closest(".quote");
  if (!quote) return;
  const { lang } = quote.querySelector("blockquote");
  const { prefix, suffix, citation, text } = quote.dataset;
  preview.replaceChildren(
    element("p", { lang }, `…${prefix}`, element("b", {}, text), `${suffix}…`),
    element("p", { className: "source" }, citation),
  );
  const place = marker.getBoundingClientRect();
  preview.hidden = false;
  marker.setAttribute("aria-describedby", "preview");
  const { offsetHeight, offsetWidth } = preview;
  const above = place.bottom + offsetHeight > innerHeight;
  preview.style.top = `${scrollY + (above ? place.top - offsetHeight : place.bottom)}px`;
  preview.style.left = `${scrollX + Math.max(8, Math.min(place.left, innerWidth - offsetWidth - 24))}px`;
}

function hide() {
  preview.hidden = true;
  document.querySelector("[aria-describedby=preview]")?.removeAttribute("aria-describedby");
}

const markerOf = (event) => event.target.closest?.("a.marker");

for (const kind of ["pointerover", "focusin"]) {
  document.addEventListener(kind, (event) => {
    const marker = markerOf(event);
    if (marker && event.pointerType !== "touch") show(marker);
    else if (!event.target.closest?.(".preview")) hide();
  });
}
document.addEventListener("keydown", (event) => event.key === "Escape" && hide());
document.addEventListener("click", hide);
