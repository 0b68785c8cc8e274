// An open story follows what is published: changed parts are replaced in place, marked, and announced. Nothing here is
// needed to read: without it the page says what it said when it came.
(() => {
  "use strict";
  const article = document.querySelector("[data-live]");
  if (!article || !window.fetch || !window.AbortController) return;
  const address = article.dataset.live, main = article.closest("main");
  const POLL = 20000, RETRY = 2000, LONGEST = 15000, HIDDEN = 15000, GREETED = 10000;
  const SILENT = 50000; // two heartbeats and more: the connection is dead, and nobody told us
  const SETTLED = 1300; // for a second after a change its old copy may still be given
  const TRIES = 6;
  let shown = article.dataset.state;
  let stream = null, timer = 0, hiding = 0, greeting = 0, heard = 0, failures = 0, polls = 0;
  let news = 0; // rises with whatever the stream says
  let fetching = false, again = false, owed = false, over = false;

  const element = (name, facts) => Object.assign(document.createElement(name), facts);
  const say = element("p", { className: "unseen" });
  say.setAttribute("role", "status");
  const bar = element("p", { className: "fresh-bar", hidden: true });
  bar.append(element("button", { type: "button" }));
  document.body.append(say, bar);

  // ---- parts ----

  const place = (name) => (name === article.dataset.parts ? article : article.querySelector(`[data-parts="${name}"]`));
  // What each part was when it came: other scripts, a translation or a password manager may have written in it since.
  const came = new WeakMap();
  for (const part of article.parentElement.querySelectorAll("[data-key]")) came.set(part, part.outerHTML);

  function made(html) {
    const template = document.createElement("template");
    template.innerHTML = html;
    return template.content.firstElementChild;
  }

  // The places with their parts by key, for one pass.
  function places(names) {
    const found = new Map();
    for (const name of names) {
      const holder = place(name);
      if (!holder) { reloadOnce(); return null; } // a newer release has places that this page has not
      found.set(name, { name, holder, parts: new Map([...holder.children].filter((one) => one.dataset.key).map((one) => [one.dataset.key, one])) });
    }
    return found;
  }

  // What somebody is filling in stays until they have done.
  const busy = (part) =>
    [...part.querySelectorAll("input, textarea, select")].some((field) =>
      field.type === "checkbox" || field.type === "radio"
        ? field.checked !== field.defaultChecked
        : field.type !== "hidden" && field.value !== (field.defaultValue ?? "")) ||
    (part.contains(document.activeElement) && document.activeElement.matches("input, textarea, select, button"));

  function put(at, key, front, html, changes) {
    const fresh = made(html), old = at.parts.get(key), before = front ? at.parts.get(front) : null;
    if (!fresh || (front && !before)) { owed = true; return; }
    const stands = old && (before ? before.nextElementSibling === old : at.holder.firstElementChild === old);
    if (old && stands && came.get(old) === fresh.outerHTML) return;
    if (old && busy(old)) { owed = true; return; }
    came.set(fresh, fresh.outerHTML);
    const held = old && old.contains(document.activeElement) ? document.activeElement : null;
    if (old && stands) old.replaceWith(fresh);
    else {
      if (old) old.remove();
      if (before) before.after(fresh); else at.holder.prepend(fresh);
    }
    at.parts.set(key, fresh);
    if (held) {
      const link = held.getAttribute("href") && [...fresh.querySelectorAll("a")].find((one) => one.getAttribute("href") === held.getAttribute("href"));
      focusOn(link || fresh);
    }
    changes.push({ place: at.name, key, part: fresh, added: !old });
  }

  function drop(at, key, changes) {
    const old = at.parts.get(key);
    if (!old) return;
    if (busy(old)) { owed = true; return; }
    const held = old.contains(document.activeElement), next = old.nextElementSibling || old.parentElement;
    old.remove();
    at.parts.delete(key);
    if (held) focusOn(next);
    changes.push({ place: at.name, key, part: null, added: false });
  }

  function focusOn(part) {
    if (!part.matches("a[href], button, input, [tabindex]")) part.setAttribute("tabindex", "-1");
    part.focus({ preventScroll: true });
  }

  // ---- keeping the place, marking, announcing ----

  function applied(work) {
    const root = document.documentElement, anchors = main.querySelectorAll("[data-key], .story-foot > *, main > section, main > article ~ *");
    const anchor = [...anchors].find((one) => !one.querySelector("[data-key]") && one.getBoundingClientRect().bottom > 0);
    const at = anchor ? anchor.getBoundingClientRect().top : 0, key = anchor && anchor.dataset.key, holder = anchor && anchor.parentElement;
    const behind = [];
    for (let one = anchor; one; one = one.nextElementSibling) behind.push(one);
    const moved = window.scrollY > 0, changes = [];
    root.style.overflowAnchor = "none"; // we keep the place ourselves: not every browser does
    work(changes);
    if (anchor && moved) {
      // It may have been replaced or be gone: then its successor, or the next that stayed.
      const still = (key && [...holder.children].find((one) => one.dataset.key === key)) || behind.find((one) => one.isConnected);
      if (still) window.scrollBy({ top: still.getBoundingClientRect().top - at, behavior: "instant" });
    }
    requestAnimationFrame(() => { root.style.overflowAnchor = ""; });
    if (changes.length) tell(changes);
  }

  const waiting = [];
  let telling = 0;

  function announce(words, first) {
    if (waiting.includes(words)) return;
    if (first) waiting.unshift(words); else waiting.push(words);
    clearTimeout(telling);
    say.textContent = ""; // the same words again are announced only when they change
    telling = setTimeout(() => { say.textContent = waiting.splice(0).join(" "); }, 300);
  }

  function tell(changes) {
    const seen = changes.filter((change) => change.part);
    const text = seen.filter((change) => change.place === "text");
    for (const { part } of text) { // not the times in the head, not the log: they change with every update
      part.classList.add("fresh");
      setTimeout(() => part.classList.remove("fresh"), 60000);
    }
    const noted = text.find((change) => change.key === "corrections");
    const log = seen.find((change) => change.key === "log");
    const last = log && [...log.part.querySelectorAll("li > b")].pop();
    if (noted) {
      const name = noted.part.querySelector("h2").textContent;
      announce(`${name} to this story.`, true);
      point(noted, name);
    } else if (last && last.textContent !== "Update") {
      announce(`${last.textContent} at the foot of this story.`, true);
      point(log, last.textContent);
    }
    const paragraphs = text.filter((change) => change.added && change.part.tagName === "P");
    if (paragraphs.length) {
      const count = `${paragraphs.length} new paragraph${paragraphs.length === 1 ? "" : "s"}`;
      announce(`This story has been updated: ${count}.`);
      if (!noted) point(paragraphs[0], count);
    } else if (!noted && !last && text.length) {
      announce("This story has been updated.");
      point(text[0], "Updated");
    }
  }

  const outside = (part) => {
    const box = part.getBoundingClientRect();
    return box.bottom < 0 || box.top > window.innerHeight;
  };
  let watch = null;

  function point({ place: name, key, part }, words) {
    if (watch) watch.disconnect();
    bar.hidden = !outside(part);
    if (bar.hidden) return;
    const button = bar.firstElementChild;
    button.textContent = `${words} ${part.getBoundingClientRect().top < 0 ? "↑" : "↓"}`;
    button.onclick = () => {
      bar.hidden = true;
      const now = part.isConnected ? part : [...place(name).children].find((one) => one.dataset.key === key);
      if (!now) return;
      const still = matchMedia("(prefers-reduced-motion: reduce)").matches;
      now.scrollIntoView({ block: "start", behavior: still ? "auto" : "smooth" });
      focusOn(now);
    };
    watch = new IntersectionObserver((entries, self) => {
      if (entries.some((entry) => entry.isIntersecting)) { bar.hidden = true; self.disconnect(); }
    });
    watch.observe(part);
  }

  // ---- what came ----

  function change(data) {
    news += 1;
    if (data.after === shown) return;
    if (data.before !== shown) { fetchAfter(0, data.after); return; }
    const at = places(new Set([...data.gone, ...data.put].map(([name]) => name)));
    if (!at) return;
    applied((changes) => {
      for (const [name, key] of data.gone) drop(at.get(name), key, changes);
      for (const [name, key, front, html] of data.put) put(at.get(name), key, front, html, changes);
    });
    shown = data.after;
    if (data.title) document.title = data.title;
  }

  function whole(data) {
    owed = false;
    const at = places(new Set([...data.parts.map(([name]) => name), ...[...article.querySelectorAll("[data-parts]")].map((one) => one.dataset.parts), article.dataset.parts]));
    if (!at) return;
    applied((changes) => {
      const keep = new Set(data.parts.map(([name, key]) => `${name} ${key}`));
      for (const [name, { parts }] of at) {
        for (const key of [...parts.keys()]) if (!keep.has(`${name} ${key}`)) drop(at.get(name), key, changes);
      }
      const last = {};
      for (const [name, key, html] of data.parts) {
        put(at.get(name), key, last[name] || "", html, changes);
        last[name] = key;
      }
    });
    shown = data.digest;
    if (data.title) document.title = data.title;
  }

  // Once in a while at most, or a page that cannot be right would never come to rest.
  function reloadOnce() {
    try {
      const mark = `reloaded ${address}`, before = Number(sessionStorage.getItem(mark));
      if (Date.now() - before < 120000) return false;
      sessionStorage.setItem(mark, String(Date.now()));
    } catch { return false; }
    location.reload();
    return true;
  }

  // Withdrawn, or under embargo: its words go at once, and the page becomes what its address answers.
  function gone(spread) {
    if (over) return;
    over = true;
    stop();
    const held = article.contains(document.activeElement);
    article.hidden = true;
    bar.hidden = true;
    for (const one of document.querySelectorAll('script[type="application/ld+json"], meta[property], meta[name="description"]')) one.remove();
    const line = element("p", { className: "notice", textContent: "This story is no longer available." });
    main.prepend(line);
    if (held) main.focus({ preventScroll: true });
    scrollTo({ top: 0, behavior: "instant" });
    announce(line.textContent, true);
    setTimeout(async () => {
      let answer;
      try {
        answer = await fetch(location.pathname, { cache: "no-store", headers: { Accept: "text/html" } });
        if (answer.status === 404 || answer.status === 410) {
          const page = new DOMParser().parseFromString(await answer.text(), "text/html");
          document.title = page.title;
          main.replaceChildren(...page.querySelector("main").childNodes);
        } else if (answer.ok && answer.headers.get("X-Page") !== "stale" && !reloadOnce()) { // it is with readers after all
          line.remove();
          article.hidden = false;
          over = false;
          later(poll, jitter(POLL));
        }
      } catch { /* the line says it */ }
    }, SETTLED + Math.random() * spread * 1000);
  }

  // ---- the ways it comes ----

  const later = (work, wait) => { clearTimeout(timer); timer = setTimeout(work, wait); };
  const jitter = (wait) => wait * (0.75 + Math.random() / 2);

  // wanted: the state that there must be by now, where it is known.
  // Asked again until it answers: the stream goes on beating, and would not say a second time what it has said.
  function fetchAfter(spread, wanted, tries = TRIES, failed = 0) {
    setTimeout(async () => {
      if ((await look(wanted, tries)) || over || (document.hidden && !stream)) return; // who comes back begins anew
      fetchAfter(Math.min(LONGEST, RETRY * 2 ** failed) / 1000, wanted, tries, failed + 1);
    }, SETTLED + Math.random() * spread * 1000);
  }

  // The whole state. Returns whether the address answered.
  async function look(wanted, tries = 0) {
    if (over) return true;
    if (fetching) { again = true; return true; }
    fetching = true;
    const before = news;
    let data = null;
    try {
      const answer = await fetch(address, { cache: "no-cache" });
      if (over) return true;
      if (answer.status === 404 || answer.status === 410) { gone(0); return true; }
      // An old copy, given while our database is away: it would take back what this page shows already.
      if (!answer.ok || answer.headers.get("X-Page") === "stale") return false;
      data = await answer.json();
    } catch {
      return false;
    } finally {
      fetching = false;
    }
    if (over) return true;
    if (again || news !== before) { // what came meanwhile may be newer than this
      again = false;
      fetchAfter(0, wanted, TRIES);
      return true;
    }
    if (data.digest !== shown || owed) whole(data);
    if (wanted && wanted !== "?" && wanted !== data.digest && tries > 0) fetchAfter(1, wanted, tries - 1);
    return true;
  }

  function follow() {
    clearTimeout(timer);
    if (over || document.hidden || stream) return;
    if (!window.EventSource) { poll(); return; }
    const mine = stream = new EventSource(`${address}events/?at=${encodeURIComponent(shown)}`);
    heard = Date.now();
    // Something on the way holds back what is sent: an answer that opens and says nothing.
    greeting = setTimeout(() => { if (stream === mine) { stop(); poll(); } }, GREETED);
    const on = (name, work) => mine.addEventListener(name, (event) => {
      if (stream !== mine) return;
      heard = Date.now();
      failures = 0;
      clearTimeout(greeting);
      work(event.data ? JSON.parse(event.data) : null);
    });
    on("same", () => {});
    on("beat", () => {});
    on("change", change);
    on("behind", (data) => { news += 1; fetchAfter(data.spread, data.digest); });
    on("gone", (data) => gone(data.spread));
    mine.addEventListener("error", async () => {
      if (stream !== mine) return;
      const refused = mine.readyState === EventSource.CLOSED;
      stop();
      const wait = jitter(Math.min(LONGEST, RETRY * 2 ** failures++));
      // Refused though the site answers: no room for one more, or nothing that streams on the way here.
      if (refused && (await look())) later(poll, jitter(POLL));
      else if (!over) later(follow, wait);
    });
  }

  async function poll() {
    if (over || document.hidden) return;
    const answered = await look();
    failures = answered ? 0 : failures + 1;
    polls += answered ? 1 : 0;
    if (!over && !stream) later(polls % 15 ? poll : follow, jitter(POLL * Math.min(8, 2 ** failures)));
  }

  function stop() {
    clearTimeout(timer);
    clearTimeout(greeting);
    if (stream) stream.close();
    stream = null;
  }

  const restart = () => { stop(); failures = 0; follow(); };
  const dead = () => stream && Date.now() - heard > SILENT;

  // Nobody reads a hidden page: it lets go, and catches up when it is seen again.
  document.addEventListener("visibilitychange", () => {
    clearTimeout(hiding);
    if (document.hidden) hiding = setTimeout(stop, HIDDEN);
    else if (!stream || dead()) restart();
  });
  setInterval(() => { if (!document.hidden && dead()) restart(); }, SILENT / 3);
  window.addEventListener("online", restart);
  window.addEventListener("pageshow", (event) => { if (event.persisted) restart(); });
  window.addEventListener("pagehide", stop);
  // What was not replaced because somebody was writing in it is made up for when they have done.
  article.addEventListener("focusout", () => setTimeout(() => { if (owed && !over) look(); }, 1000));
  follow();
})();
