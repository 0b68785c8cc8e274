// Keys of a page: [data-key="n"] is pressed by n, a menu entry with [data-go="s"] by g and then s, ? shows them all,
// with those of deskui.keys, which the server draws.
// J and k walk through what a page lists, which steps.js does.
// They rest while somebody types, and altogether where the person switched single letters off.
{
  const dialog = document.getElementById("keys");
  const table = dialog?.querySelector("[data-keys]");
  const off = document.body.dataset.singleKeys === "off";
  let went = 0;

  const typing = (target) => target.isContentEditable
    || (target.matches?.("input, textarea, select") && !target.matches("[type=checkbox], [type=radio], [type=button]"));
  const name = (one) => one.getAttribute("aria-label") || (one.labels?.[0] || one).textContent.trim();
  const visible = (one) => one.getClientRects().length > 0;

  const row = (keys, text) => {
    const line = document.createElement("div");
    line.dataset.made = "yes";
    const term = document.createElement("dt");
    keys.forEach((key, number) => {
      const cap = document.createElement("kbd");
      cap.textContent = key.length > 1 ? key : key.toUpperCase();
      if (number) term.append(" ");
      term.append(cap);
    });
    const detail = document.createElement("dd");
    detail.textContent = text;
    line.append(term, detail);
    return line;
  };

  const list = () => {
    for (const old of table.querySelectorAll("[data-made]")) old.remove();
    const combos = new Map(); // [data-combo="Ctrl Enter"] on a field: pressed in it
    for (const one of document.querySelectorAll("[data-combo]")) if (visible(one)) combos.set(one.dataset.comboDoes, one.dataset.combo.split(" "));
    for (const [does, keys] of combos) table.append(row(keys, does));
    if (off) return;
    for (const one of document.querySelectorAll("[data-key]")) if (visible(one)) table.append(row([one.dataset.key], name(one)));
    if (document.querySelector("[data-stop]")) table.append(row(["j", "k"], "Next and previous in the list"));
    for (const one of document.querySelectorAll(".nav [data-go]")) table.append(row(["g", one.dataset.go], name(one)));
  };

  if (dialog) {
    document.addEventListener("keydown", (event) => {
      if (off || event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
      if (typing(event.target) || document.querySelector("dialog:modal")) return;
      if (event.key === "?") { event.preventDefault(); list(); dialog.showModal(); return; }
      const key = event.key.toLowerCase();
      if (Date.now() - went < 1500) {
        went = 0;
        const place = document.querySelector(`.nav [data-go="${CSS.escape(key)}"]`);
        if (place) { event.preventDefault(); location.assign(place.href); }
        return;
      }
      if (key === "g") { went = Date.now(); return; }
      const one = [...document.querySelectorAll(`[data-key="${CSS.escape(key)}"]`)].find(visible);
      if (one) { event.preventDefault(); one.focus(); one.click(); }
    });
    document.addEventListener("click", (event) => { if (event.target.closest("[data-opens=keys]")) list(); });
  }
}
