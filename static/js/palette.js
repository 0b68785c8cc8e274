// The command palette: Ctrl+K, type, arrows, Enter. Places and actions stand in the page; the rest is asked for.
{
  const dialog = document.getElementById("palette");
  const input = dialog?.querySelector("input");
  const list = dialog?.querySelector("[role=listbox]");
  const none = dialog?.querySelector(".none");
  const own = list ? [...list.children] : [];
  let chosen = null;
  let asked = null;
  let clock;

  const choose = (option) => {
    chosen?.setAttribute("aria-selected", "false");
    chosen = option || null;
    if (chosen) {
      chosen.setAttribute("aria-selected", "true");
      chosen.scrollIntoView({ block: "nearest" });
      input.setAttribute("aria-activedescendant", chosen.id);
    } else input.removeAttribute("aria-activedescendant");
  };
  const shown = () => [...list.children].filter((option) => !option.hidden);
  const go = (option) => { if (option) location.assign(option.dataset.url); };

  const show = (hits = [], { waiting = false, failed = false } = {}) => {
    for (const old of list.querySelectorAll("[data-hit]")) old.remove();
    hits.forEach((hit, number) => {
      const option = document.createElement("li");
      option.id = `palette-h${number}`;
      option.dataset.hit = option.dataset.url = hit.url;
      option.setAttribute("role", "option");
      option.setAttribute("aria-selected", "false");
      for (const [name, text] of [["what", hit.label], ["detail", hit.detail], ["kind", hit.kind]]) {
        if (!text) continue;
        const part = document.createElement("span");
        part.className = name;
        part.textContent = text;
        option.append(part);
      }
      list.append(option);
    });
    const found = shown();
    // Never hidden: what a hidden place says as it appears is not read out. How many were found is for the ear alone.
    none.classList.toggle("vh", found.length > 0 && !failed);
    none.textContent = failed ? "The desk did not answer. Places and actions still work."
      : waiting ? "Looking…" : found.length ? `${found.length} found` : "Nothing found. Try fewer or other words.";
    if (!chosen || !found.includes(chosen)) choose(found[0]);
  };

  const ask = () => {
    const words = input.value.trim().toLowerCase();
    for (const option of own) {
      const text = option.querySelector(".what").textContent.toLowerCase();
      option.hidden = !words.split(/\s+/).every((word) => text.includes(word));
    }
    asked?.abort();
    clearTimeout(clock);
    choose(null);
    show([], { waiting: words.length > 1 });
    if (words.length < 2) return;
    clock = setTimeout(async () => {
      asked = new AbortController();
      try {
        const answer = await fetch(`${dialog.dataset.find}?q=${encodeURIComponent(words)}`,
          { headers: { Accept: "application/json" }, signal: asked.signal });
        if (answer.status === 401) { location.reload(); return; }
        if (!answer.ok) throw new Error(answer.status);
        show((await answer.json()).hits);
      } catch (error) {
        if (error.name !== "AbortError") show([], { failed: true });
      }
    }, 120);
  };

  if (dialog) {
    new MutationObserver(() => { if (dialog.open) { input.value = ""; ask(); input.focus(); } })
      .observe(dialog, { attributes: true, attributeFilter: ["open"] });
    document.addEventListener("keydown", (event) => {
      if ((event.ctrlKey || event.metaKey) && !event.altKey && !event.shiftKey && event.key.toLowerCase() === "k") {
        event.preventDefault();
        if (dialog.open) dialog.close();
        else if (!document.querySelector("dialog:modal")) dialog.showModal();
      }
    });
    input.addEventListener("input", ask);
    input.addEventListener("keydown", (event) => {
      const found = shown();
      const at = found.indexOf(chosen);
      const moves = { ArrowDown: at + 1, ArrowUp: at - 1, PageDown: at + 6, PageUp: at - 6 };
      if (event.key in moves && found.length) {
        event.preventDefault();
        const page = event.key.startsWith("Page");
        const to = page ? Math.max(0, Math.min(found.length - 1, moves[event.key]))
          : (moves[event.key] + found.length) % found.length;
        choose(found[to]);
      } else if (event.key === "Enter" && !event.isComposing) {
        event.preventDefault();
        go(chosen);
      }
    });
    list.addEventListener("click", (event) => go(event.target.closest("[role=option]")));
  }
}
