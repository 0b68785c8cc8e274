// An open story follows what is published: changed parts are replaced in place, marked, and announced. Nothing here is
// needed to read: without it the page says what it said when it came.
(() => {
  "use strict";
  const article = document.querySelector("[data-live]");
  if (!article || !window.fetch) return;
  const address = article.dataset.live;
  const POLL = 20000, RETRY = 2000, LONGEST = 60000, HIDDEN = 15000;
  let shown = article.dataset.state;
  let stream = null, timer = 0, hiding = 0, failures = 0, fetching = false, over = false;
  document.documentElement.style.overflowAnchor = "none"; // we keep the place ourselves: not every browser does

  const say = document.createElement("p");
  say.className = "unseen";
  say.setAttribute("role", "status");
  const bar = document.createElement("p");
  bar.className = "fresh-bar";
  bar.hidden = true;
  bar.append(Object.assign(document.createElement("button"), { type: "button" }));
  document.body.append(say, bar);

  // ---- parts ----

  const place = (name) => (name === article.dataset.parts ? article : article.querySelector(`[data-parts="${name}"]`));
  const own = (holder) => [...holder.children].filter((child) => child.dataset.key);
  const find = (holder, key) => own(holder).find((child) => child.dataset.key === key);

  function made(html) {
    const template = document.createElement("template");
    template.innerHTML = html;
    return template.content.firstElementChild;
  }

  // What each part was when it came: other scripts, a translation or a password manager may have written in it since.
  const came = new WeakMap();
  for (const part of article.parentElement.querySelectorAll("[data-key]")) came.set(part, part.outerHTML);

  // What somebody is filling in stays until they have done.
  const busy = (element) =>
    [...element.querySelectorAll("input, textarea, select")].some((field) =>
      field.type === "checkbox" || field.type === "radio"
        ? field.checked !== field.defaultChecked
        : field.type !== "hidden" && field.value !== (field.defaultValue ?? "")) ||
    (element.contains(document.activeElement) && document.activeElement.matches("input, textarea, select, button"));

  function put(holder, key, front, html, changes) {
    const fresh = made(html);
    came.set(fresh, fresh.outerHTML);
    const old = find(holder, key);
    const before = front ? find(holder, front) : null;
    const stands = old && (front ? old.previousElementSibling === before : !own(holder).length || own(holder)[0] === old);
    if (old && stands && came.get(old) === fresh.outerHTML) return;
    if (old && busy(old)) return;
    const focused = old && old.contains(document.activeElement) ? document.activeElement.getAttribute("href") : null;
    if (old && stands) old.replaceWith(fresh);
    else {
      if (old) old.remove();
      if (before) before.after(fresh);
      else holder.prepend(fresh);
    }
    if (focused) [...fresh.querySelectorAll("a")].find((link) => link.getAttribute("href") === focused)?.focus({ preventScroll: true });
    changes.push({ element: fresh, added: !old, text: holder.dataset.parts === "text" });
  }

  function drop(element, changes) {
    if (busy(element)) return;
    element.remove();
    changes.push({ element: null, text: element.parentNode?.dataset?.parts === "text" });
  }

  // ---- keeping the place, marking, announcing ----

  function applied(work) {
    const anchor = [...article.querySelectorAll("[data-key]")].find((element) => {
      const box = element.getBoundingClientRect();
      return box.bottom > 0 && !element.querySelector("[data-key]");
    });
    const rows = anchor ? own(anchor.parentElement) : [];
    const at = anchor ? anchor.getBoundingClientRect().top : 0;
    const key = anchor && anchor.dataset.key, holder = anchor && anchor.parentElement;
    const top = window.scrollY;
    const changes = [];
    work(changes);
    if (anchor && top > 0) {
      // The element itself may have been replaced or gone: then its successor, or the next that stayed.
      const still = find(holder, key) || rows.slice(rows.indexOf(anchor)).find((element) => element.isConnected);
      if (still) window.scrollBy({ top: still.getBoundingClientRect().top - at, behavior: "instant" });
    }
    if (changes.length) tell(changes);
  }

  function tell(changes) {
    const seen = changes.filter((change) => change.element);
    for (const { element, text } of seen) {
      if (!text) continue; // times in the head, the log: they change with every update
      element.classList.add("fresh");
      setTimeout(() => element.classList.remove("fresh"), 60000);
    }
    const correction = seen.find(({ element }) => element.dataset.key === "corrections");
    const added = seen.filter((change) => change.text && change.added && !change.element.classList.contains("note"));
    const count = `${added.length} new paragraph${added.length === 1 ? "" : "s"}`;
    const [words, short] = correction ? ["This story has been corrected.", "Correction"]
      : added.length ? [`This story has been updated: ${count}.`, count] : ["This story has been updated.", "Updated"];
    say.textContent = "";
    setTimeout(() => { say.textContent = words; }, 50); // the same words again are announced only when they change
    const first = correction?.element || added[0]?.element || seen[0]?.element;
    if (first) point(first, short);
  }

  const outside = (element) => {
    const box = element.getBoundingClientRect();
    return box.bottom < 0 || box.top > window.innerHeight;
  };

  function point(element, words) {
    if (!outside(element)) { bar.hidden = true; return; }
    const button = bar.firstElementChild;
    button.textContent = `${words} ${element.getBoundingClientRect().top < 0 ? "↑" : "↓"}`;
    bar.hidden = false;
    button.onclick = () => {
      bar.hidden = true;
      element.setAttribute("tabindex", "-1");
      const still = matchMedia("(prefers-reduced-motion: reduce)").matches;
      element.scrollIntoView({ block: "start", behavior: still ? "auto" : "smooth" });
      element.focus({ preventScroll: true });
    };
    const watch = new IntersectionObserver((entries) => {
      if (entries.some((entry) => entry.isIntersecting)) { bar.hidden = true; watch.disconnect(); }
    });
    watch.observe(element);
  }

  // ---- what came ----

  function change(data) {
    if (data.after === shown) return;
    if (data.before !== shown) { fetchAfter(0); return; }
    applied((changes) => {
      for (const [name, key] of data.gone) {
        const holder = place(name), old = holder && find(holder, key);
        if (old) drop(old, changes);
      }
      for (const [name, key, front, html] of data.put) if (place(name)) put(place(name), key, front, html, changes);
    });
    shown = data.after;
    if (data.title) document.title = data.title;
  }

  function whole(data) {
    applied((changes) => {
      const keep = new Set(data.parts.map(([name, key]) => `${name} ${key}`));
      for (const name of new Set(data.parts.map(([name]) => name))) {
        for (const old of own(place(name))) if (!keep.has(`${name} ${old.dataset.key}`)) drop(old, changes);
      }
      const last = {};
      for (const [name, key, html] of data.parts) {
        put(place(name), key, last[name] || "", html, changes);
        last[name] = key;
      }
    });
    shown = data.digest;
    if (data.title) document.title = data.title;
  }

  // Withdrawn, or under embargo: the page becomes what its address answers now.
  async function gone() {
    over = true;
    stop();
    article.hidden = true;
    const main = document.querySelector("main");
    try {
      const answer = await fetch(location.pathname, { cache: "no-store", headers: { Accept: "text/html" } });
      if (answer.ok) { location.reload(); return; }
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      document.title = page.title;
      main.replaceChildren(...page.querySelector("main").childNodes);
    } catch {
      const line = document.createElement("p");
      line.textContent = "This story is no longer available.";
      main.replaceChildren(line);
    }
    bar.hidden = true;
    say.textContent = "This story is no longer available.";
    scrollTo({ top: 0, behavior: "instant" });
  }

  // ---- the ways it comes ----

  const later = (work, wait) => { clearTimeout(timer); timer = setTimeout(work, wait); };
  const jitter = (wait) => wait * (0.75 + Math.random() / 2);

  function fetchAfter(spread) {
    setTimeout(look, Math.random() * spread * 1000);
  }

  // The whole state. Returns whether the address answered.
  async function look() {
    if (fetching || over) return true;
    fetching = true;
    try {
      const answer = await fetch(address, { cache: "no-cache" });
      if (answer.status === 404 || answer.status === 410) await gone();
      else if (answer.ok) {
        const data = await answer.json();
        if (data.digest !== shown) whole(data);
      } else return false;
      return true;
    } catch {
      return false;
    } finally {
      fetching = false;
    }
  }

  function follow() {
    if (over || document.hidden || stream) return;
    if (!window.EventSource) { poll(); return; }
    stream = new EventSource(`${address}events/?at=${encodeURIComponent(shown)}`);
    stream.addEventListener("open", () => { failures = 0; });
    stream.addEventListener("change", (event) => change(JSON.parse(event.data)));
    stream.addEventListener("behind", (event) => fetchAfter(JSON.parse(event.data).spread));
    stream.addEventListener("gone", gone);
    stream.addEventListener("error", () => {
      const refused = stream && stream.readyState === EventSource.CLOSED;
      stop();
      if (refused) poll(); // no room for one more, or nothing that streams on the way here
      else later(follow, jitter(Math.min(LONGEST, RETRY * 2 ** failures++)));
    });
  }

  async function poll() {
    if (over || document.hidden) return;
    const answered = await look();
    failures = answered ? 0 : failures + 1;
    polls = answered ? polls + 1 : polls;
    if (!over) later(polls % 15 ? poll : follow, jitter(Math.min(LONGEST * 5, POLL * 2 ** failures)));
  }
  let polls = 0;

  function stop() {
    clearTimeout(timer);
    if (stream) stream.close();
    stream = null;
  }

  // Nobody reads a hidden page: it lets go, and catches up when it is seen again.
  document.addEventListener("visibilitychange", () => {
    clearTimeout(hiding);
    if (document.hidden) hiding = setTimeout(stop, HIDDEN);
    else if (!stream) follow();
  });
  window.addEventListener("online", () => { stop(); failures = 0; follow(); });
  window.addEventListener("pageshow", (event) => { if (event.persisted) { stop(); follow(); } });
  window.addEventListener("pagehide", stop);
  follow();
})();
