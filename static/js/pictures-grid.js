// The grid of pictures by keyboard: the arrows move as the eye does, x selects, with Shift from the last one on. A filter
// that is chosen is asked at once.
{
  const grid = document.querySelector("[data-grid]");
  const ask = document.getElementById("ask");
  const off = document.body.dataset.singleKeys === "off";

  for (const select of ask?.querySelectorAll("select") || []) select.addEventListener("change", () => ask.requestSubmit());
  ask?.addEventListener("submit", () => { // an address without what is not asked
    for (const one of ask.elements) if (one.name && !one.value) one.disabled = true;
  });
  window.addEventListener("pageshow", () => { for (const one of ask?.elements || []) one.disabled = false; });

  if (grid) {
    const links = [...grid.querySelectorAll("[data-stop]")];
    const ticks = links.map((link) => link.closest("li").querySelector("input[type=checkbox]"));
    const bar = document.getElementById("chosen");
    let last = -1;

    const count = () => {
      const chosen = ticks.filter((one) => one?.checked).length;
      if (bar) bar.querySelector("[data-count]").textContent = `${chosen} selected`;
    };
    const at = () => links.indexOf(document.activeElement.closest?.("li")?.querySelector("[data-stop]"));
    const beside = (from, down) => { // the nearest of the next line
      const box = links[from].getBoundingClientRect(), middle = box.left + box.width / 2;
      let best = null, least = Infinity;
      links.forEach((link, number) => {
        const other = link.getBoundingClientRect();
        const apart = down ? other.top - box.top : box.top - other.top;
        if (number === from || apart < box.height / 2) return;
        const cost = apart * 10 + Math.abs(other.left + other.width / 2 - middle);
        if (cost < least) { least = cost; best = link; }
      });
      return best;
    };
    const toggle = (number, whole) => {
      const tick = ticks[number];
      if (!tick) return;
      const to = !tick.checked, [begin, end] = whole && last >= 0 ? [Math.min(last, number), Math.max(last, number)] : [number, number];
      for (let each = begin; each <= end; each += 1) ticks[each].checked = to;
      last = number;
      count();
    };

    document.addEventListener("keydown", (event) => {
      if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || event.isComposing || document.querySelector("dialog:modal")) return;
      const here = at(), typing = event.target.matches?.("input:not([type=checkbox]), textarea, select");
      if (typing) return;
      let to = null;
      if (event.key.startsWith("Arrow") && here < 0) {
        if (document.activeElement !== document.body && document.activeElement.id !== "main") return;
        to = links[0];
      } else if (event.key === "ArrowRight") to = links[here + 1];
      else if (event.key === "ArrowLeft") to = links[here - 1];
      else if (event.key === "ArrowDown") to = beside(here, true);
      else if (event.key === "ArrowUp") to = beside(here, false);
      else if (!off && here >= 0 && event.key.toLowerCase() === "x") { event.preventDefault(); toggle(here, event.shiftKey); return; }
      if (!to) return;
      event.preventDefault();
      to.focus();
    });
    ticks.forEach((tick, number) => tick?.addEventListener("click", (event) => {
      if (event.shiftKey && last >= 0) { tick.checked = !tick.checked; toggle(number, true); } else { last = number; }
      count();
    }));
    bar?.addEventListener("reset", () => { setTimeout(count); });
    count();
  }
}
