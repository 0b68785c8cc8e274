// Toasts: what was done, with a way to undo it where there is one.
// A page says: document.dispatchEvent(new CustomEvent("desk:toast", { detail: { text, kind, undo } }))
//   text  one sentence;  kind  "success" (goes by itself) or "error", "warning" (stay until dismissed);
//   undo  a function, optional.
{
  const LASTS = 10_000; // ms; the clock stands still while a pointer or the focus is on it
  const place = document.getElementById("toasts");
  const shape = document.getElementById("toast");

  const tend = (toast) => {
    if (toast.classList.contains("error") || toast.classList.contains("warning")) return;
    let left;
    const run = () => { clearTimeout(left); left = setTimeout(() => toast.remove(), LASTS); };
    const hold = () => clearTimeout(left);
    for (const name of ["pointerenter", "focusin"]) toast.addEventListener(name, hold);
    for (const name of ["pointerleave", "focusout"]) toast.addEventListener(name, run);
    run();
  };

  if (place && shape) {
    place.addEventListener("click", (event) => {
      if (event.target.closest("[data-dismiss]")) event.target.closest("[data-toast]").remove();
    });
    for (const toast of place.querySelectorAll("[data-toast]")) tend(toast);
    // What the server wrote was there before the live region: put it in again, or no screen reader says it.
    if (place.childElementCount) {
      const said = [...place.children];
      place.replaceChildren();
      requestAnimationFrame(() => place.append(...said));
    }
    document.addEventListener("desk:toast", ({ detail }) => {
      const toast = shape.content.firstElementChild.cloneNode(true);
      toast.classList.add(detail.kind || "success");
      toast.querySelector("p").textContent = detail.text;
      if (detail.undo) {
        const undo = toast.querySelector("[data-undo]");
        undo.hidden = false;
        undo.addEventListener("click", () => { toast.remove(); detail.undo(); });
      }
      place.append(toast);
      tend(toast);
    });
  }
}
