// The board keeps itself up to date: it asks whether anything changed, and only then takes the new page in. Rows that say
// the same stay where they are, with the focus, open menus and half-typed words in them. Nothing is asked while hidden.
{
  const EVERY = 5000;
  const SLOWEST = 60000;
  const board = document.getElementById("board");
  let wait = EVERY;
  let clock;
  let asked = null;
  let composing = false;

  const kept = (root) => new Map([...root.querySelectorAll("[data-keep]")].map((one) => [one.dataset.keep, one]));
  const typedIn = (field) => field.value !== field.defaultValue && field.type !== "hidden";
  const busy = (one) => one.matches("details[open]") || one.querySelector("details[open]")
    || one.querySelector("input:focus, textarea:focus, select:focus")
    || [...one.querySelectorAll("input, textarea")].some(typedIn);

  // What somebody looks at stays at its height: the first kept thing below the top bar.
  const anchor = () => {
    for (const [key, one] of kept(board)) {
      const { top } = one.getBoundingClientRect();
      if (top >= 0) return { key, top };
    }
    return null;
  };

  const fieldIn = (one) => one?.matches("input:not([type=hidden]), textarea, select");

  const place = (focused) => {
    const { id } = focused;
    if (fieldIn(focused) && id) {
      const { selectionStart, selectionEnd } = focused;
      return () => {
        const field = document.getElementById(id);
        if (field && field !== focused) field.setSelectionRange?.(selectionStart, selectionEnd);
        return field || document.getElementById("main");
      };
    }
    const row = focused.closest("[data-keep]")?.dataset.keep;
    const href = focused.getAttribute("href");
    return () => {
      if (focused.isConnected) return focused;
      const within = row ? kept(board).get(row) : null;
      const same = href && [...(within || board).querySelectorAll("a[href]")].find((link) => link.getAttribute("href") === href);
      return same || within?.querySelector("a[href], button, summary") || document.getElementById("main");
    };
  };

  // A card that somebody is typing in does not go from under them, wherever its story went: it stays, and says so.
  const keepTyped = (fresh, old) => {
    const there = kept(fresh);
    const lost = [...old].filter(([key, one]) => !there.has(key) && [...one.querySelectorAll("textarea")].some(typedIn));
    for (const [, one] of lost) {
      let list = fresh.querySelector(".live-cards");
      if (!list) {
        const section = one.closest("section");
        list = section.querySelector(".live-cards");
        list.replaceChildren(...lost.map(([, card]) => card));
        fresh.prepend(section);
      } else if (!list.contains(one)) {
        list.append(one);
      }
      if (one.querySelector(".left-list")) continue;
      const told = document.createElement("p");
      told.className = "small left-list";
      told.setAttribute("role", "status");
      told.textContent = "This story has left the list. What you typed stays here until you post it or clear it.";
      one.append(told);
    }
  };

  const take = (fresh) => {
    const focused = board.contains(document.activeElement) ? document.activeElement : null;
    const find = focused && place(focused);
    const at = anchor();
    const along = board.querySelector(".tabs")?.scrollLeft;
    const old = kept(board);
    keepTyped(fresh, old);
    for (const [key, one] of kept(fresh)) {
      const before = old.get(key);
      if (before && (busy(before) || before.outerHTML === one.outerHTML)) one.replaceWith(before);
    }
    board.replaceChildren(...fresh.childNodes);
    board.dataset.version = fresh.dataset.version;
    const tabs = board.querySelector(".tabs");
    if (tabs) tabs.scrollLeft = along || 0;
    if (find) find()?.focus({ preventScroll: true });
    const still = at && kept(board).get(at.key);
    if (still) window.scrollBy({ top: still.getBoundingClientRect().top - at.top, behavior: "instant" });
  };

  const say = (words) => {
    const label = board.querySelector(".as-of");
    if (!label) return;
    let told = label.querySelector(".stopped");
    if (!told) {
      told = document.createElement("span");
      told.className = "stopped";
      told.setAttribute("role", "status");
      label.append(told);
    }
    told.textContent = words && ` · ${words}`;
  };

  const ask = async () => {
    asked = new AbortController();
    try {
      const answer = await fetch(location.href, {
        headers: { "X-Board-Version": board.dataset.version },
        cache: "no-store",
        signal: AbortSignal.any ? AbortSignal.any([asked.signal, AbortSignal.timeout(20000)]) : asked.signal,
      });
      if (answer.redirected || answer.status === 401 || answer.status === 403) {
        say("Not refreshing: you are signed out. Load the page again.");
        return;
      }
      if (!answer.ok) throw new Error(answer.status);
      if (answer.status !== 204) {
        const fresh = new DOMParser().parseFromString(await answer.text(), "text/html").getElementById("board");
        if (!fresh) throw new Error("no board");
        // Letters that are being put together (an accent, a phone's keyboard) would be lost with a field that moves.
        if (composing) await new Promise((done) => { document.addEventListener("compositionend", done, { once: true }); });
        take(fresh);
      }
      say("");
      wait = EVERY;
    } catch (error) {
      if (error.name === "AbortError" && document.hidden) return;
      wait = Math.min(wait * 2, SLOWEST);
      say("Not refreshing: the desk does not answer. It is tried again.");
    }
    later();
  };

  const later = () => {
    clearTimeout(clock);
    if (!document.hidden) clock = setTimeout(ask, wait);
  };

  if (board) {
    board.addEventListener("compositionstart", () => { composing = true; });
    board.addEventListener("compositionend", () => { composing = false; });
    document.addEventListener("visibilitychange", () => {
      clearTimeout(clock);
      if (document.hidden) asked?.abort();
      else ask();
    });
    later();
  }
}
