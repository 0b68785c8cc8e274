/* Saving, by hand and by itself: within two seconds of a pause, and at least every eight while somebody types on. What
   others saved meanwhile comes back with the answer (writing-together.js); there is no way here to write over another's
   text. Nothing typed leaves the form because of an answer. */
(() => {
  "use strict";
  const form = writing.form, line = document.getElementById("saved"), said = line.querySelector("[data-said]"), button = document.getElementById("save");
  const trouble = document.getElementById("trouble"), standingSaid = document.getElementById("standing-said");
  const toast = (words, kind = "warning") => document.dispatchEvent(new CustomEvent("desk:toast", { detail: { text: words, kind } }));
  const PAUSE = 1200, LONGEST = 8000, TRY_AGAIN = [2000, 5000, 10000, 20000];
  writing.newPen = () => { writing.pen = Array.from(crypto.getRandomValues(new Uint8Array(12)), (byte) => byte.toString(16).padStart(2, "0")).join(""); };
  writing.newPen();
  let kept = null, running = null, leaving = false, last = said.textContent;
  let clock = null, since = null, failed = 0, quiet = false;
  // Why nothing is saved by itself: "refused" until other words, "held" (approved) until a person says so or the approval
  // has ended, "stale" until a person has compared, "closed" for good.
  let stopped = "", known = "approved" in form.dataset; // known: the page was opened as that of an approved draft
  const text = () => JSON.stringify(writing.fields());

  writing.dirty = () => kept !== null && text() !== kept;
  writing.version = () => writing.field("expected_version").value;
  writing.tellState = (state, words) => {
    line.dataset.state = state; said.textContent = words;
    document.dispatchEvent(new CustomEvent("writing:state", { detail: state }));
    const shape = { saved: "tick", saving: "refresh", unsaved: "pen", trouble: "s-late" }[state];
    const use = line.querySelector("use"); use.setAttribute("href", use.getAttribute("href").replace(/#.*/, `#i-${shape}`));
  };
  writing.ready(() => {
    kept = "unsaved" in form.dataset ? "" : text();
    if ("unsaved" in form.dataset) { writing.tellState("trouble", "Not saved"); wireConflict(); }
  });
  writing.changed(() => { if (kept !== null && line.dataset.state !== "saving") { if (writing.dirty()) { if (line.dataset.state !== "trouble") { writing.tellState("unsaved", "Not saved yet"); } } else if (!trouble.childElementCount) { writing.tellState("saved", last); } } });

  function errors(messages) {
    document.querySelectorAll("[data-error]").forEach((spot) => {
      if (spot.closest("dialog")) { return; }
      const name = spot.dataset.error, message = messages[name] || "", field = writing.field(name);
      spot.textContent = message; spot.hidden = !message;
      spot.closest(".line,.field,.body-field,.lead")?.classList.toggle("bad", !!message);
      if (field && field.type !== "hidden") { if (message) { field.setAttribute("aria-invalid", "true"); field.setAttribute("aria-describedby", spot.id); } else { field.removeAttribute("aria-invalid"); } }
    });
  }
  // What happened, what was kept, what to do.
  function alarm(title, words, ...actions) {
    const box = document.createElement("section"), paragraph = document.createElement("p"), strong = document.createElement("strong"), row = document.createElement("div");
    box.className = "alarm"; box.setAttribute("role", "alert"); row.className = "row";
    strong.textContent = title; paragraph.append(strong, " ", words);
    for (const [label, act] of actions) {
      const control = document.createElement(typeof act === "string" ? "a" : "button");
      control.className = "btn"; control.textContent = label;
      if (typeof act === "string") { control.href = act; control.target = "_blank"; control.rel = "noopener"; } else { control.type = "button"; control.addEventListener("click", act); }
      row.append(control);
    }
    box.append(paragraph); if (actions.length) { box.append(row); }
    trouble.replaceChildren(box);
    writing.tellState("trouble", "Not saved");
    if (!quiet) { box.scrollIntoView({ block: "nearest" }); }
  }
  writing.alarm = alarm;
  // What is said of the words themselves: never that they are kept where they are not.
  const safe = () => writing.keepHere() ? "Your text is still here and kept in this browser." : "Your text is still here, but this browser cannot keep a copy of it: its storage is full. Leave this page open until it is saved, or copy your text.";

  function wireConflict() {
    const copy = trouble.querySelector("[data-copy-mine]"), load = trouble.querySelector("[data-load-theirs]");
    if (!copy) { return; }
    copy.hidden = load.hidden = false;
    copy.addEventListener("click", async () => {
      const mine = writing.fields();
      await writing.copy([mine.kicker, mine.headline, mine.standfirst, writing.plain(mine.body)].filter(Boolean).join("\n\n"));
      copy.lastChild.textContent = "Copied";
    });
    load.addEventListener("click", () => { writing.keepHere(); leaving = true; location.assign(`${location.pathname}?draft=${form.dataset.draft}`); });
  }
  // How the draft stands, as the desk says it with each answer and each "who is here". What was held back by an approval
  // goes on by itself once that has ended; a page in which nothing was typed is told quietly.
  writing.standing = ({ approved: by, closed }) => {
    if (closed) { if (stopped !== "closed") { closeDown(closed); } return; }
    if (stopped === "held" && (!by || !writing.dirty())) {
      stopped = ""; trouble.replaceChildren(); last = last.startsWith("Saved") ? last : "Saved";
      if (writing.dirty()) { writing.tellState("unsaved", "Not saved yet"); itself(); } else { writing.tellState("saved", last); }
    }
    if (by && !known && !stopped && !standingSaid.childElementCount) { note(`${by.by} approved this draft at ${by.at}.`, "Writing on asks for a new approval."); }
    if (!by) { known = false; standingSaid.replaceChildren(); }
  };
  function note(title, words, ...actions) {
    const box = document.createElement("section"), paragraph = document.createElement("p"), strong = document.createElement("strong"), row = document.createElement("div");
    box.className = "alarm calm"; row.className = "row"; strong.textContent = title; paragraph.append(strong, " ", words); box.append(paragraph);
    for (const [label, act] of actions) { const control = document.createElement("button"); control.type = "button"; control.className = "btn"; control.textContent = label; control.addEventListener("click", act); row.append(control); }
    if (actions.length) { box.append(row); }
    standingSaid.replaceChildren(box);
    if (box.getBoundingClientRect().bottom < 100) { toast(`${title} ${words}`, "success"); } // above what is read
  }
  // Published or withdrawn while this page was open. What was typed stays, kept in this browser, and has a way on.
  function closeDown({ because, again: more }) {
    stopped = "closed"; clearTimeout(clock);
    const update = [more, () => document.getElementById("open-again").requestSubmit()];
    if (writing.dirty()) {
      const mine = writing.fields(), words = [mine.kicker, mine.headline, mine.standfirst, writing.plain(mine.body)].filter(Boolean).join("\n\n");
      alarm("Not saved: this draft was closed meanwhile.", `${because} ${safe()}${more ? " The update offers it to you." : ""}`, ...(more ? [update] : []), ["Copy my text", () => writing.copy(words)]);
      return;
    }
    if ("closed" in form.dataset) { return; }
    form.dataset.closed = "";
    writing.editor.setReadOnly(true); form.querySelectorAll("[data-grow]").forEach((area) => { area.readOnly = true; });
    button.hidden = true; trouble.replaceChildren(); writing.tellState("saved", last);
    note("This draft is closed.", because, ...(more ? [update] : []));
    redraw();
  }
  // What stands around the text, as a page that is opened now shows it.
  async function redraw() {
    try {
      const page = await fetch(`${location.pathname}?draft=${form.dataset.draft}`, { headers: { Accept: "text/html" } });
      if (!page.ok || page.redirected) { return; }
      const fresh = new DOMParser().parseFromString(await page.text(), "text/html");
      for (const name of ["standing", "moves", "checks", "history"]) {
        const now = document.querySelector(`[data-fragment="${name}"]`), then = fresh.querySelector(`[data-fragment="${name}"]`);
        if (now && then && !inUse(now)) { now.innerHTML = then.innerHTML; } // written and escaped by the server
      }
    } catch { /* what stands there is refused when it is pressed */ }
  }
  writing.copy = async (words) => {
    try { await navigator.clipboard.writeText(words); } catch {
      const area = document.createElement("textarea"); area.value = words; document.body.append(area); area.select(); document.execCommand("copy"); area.remove();
    }
  };

  function askShrink({ before, after }) {
    const dialog = document.getElementById("shrink-dialog");
    dialog.querySelector("[data-before]").textContent = before; dialog.querySelector("[data-after]").textContent = after;
    dialog.returnValue = "no"; dialog.showModal();
    return new Promise((answer) => dialog.addEventListener("close", () => answer(dialog.returnValue === "yes"), { once: true }));
  }
  const inUse = (spot) => spot.querySelector("dialog[open],details[open]") || spot.contains(document.activeElement) && document.activeElement.matches("input,textarea,select");
  async function saved(answer, sent) {
    last = `Saved ${answer.saved_at}`; failed = 0; stopped = "";
    const meanwhile = text() !== sent, { taken, came } = await writing.takeIn(answer);
    // Others' words are no unsaved words of this page; what was typed while the answer was on its way is.
    kept = meanwhile || !taken ? (answer.joined || !taken ? "" : sent) : text();
    if (taken) { writing.field("expected_version").value = answer.version; }
    writing.news.came(came, answer.by);
    Object.assign(writing.quotations, answer.quotations);
    for (const [name, html] of Object.entries(answer.fragments)) {
      if (writing.moving && (name === "moves" || name === "history")) { continue; } // the form that waits for this save stands there
      const spot = document.querySelector(`[data-fragment="${name}"]`);
      if (!spot || quiet && inUse(spot)) { continue; } // nobody's menu closes under the pointer; the next answer brings it
      if (spot.innerHTML !== html) { spot.innerHTML = html; } // written and escaped by the server
    }
    writing.news.settle();
    for (const [name, number] of Object.entries(answer.counts)) {
      const dot = document.querySelector(`[data-dot="${name}"]`);
      if (dot) { dot.textContent = number; dot.hidden = !number; }
    }
    document.querySelector('[data-count="revision"]').textContent = answer.revision;
    // The address follows the headline; one that somebody is typing stays as typed.
    const address = document.getElementById("story_slug"), shown = document.getElementById("story_slug_shown");
    if (address.value === shown.value) { address.value = answer.slug; }
    shown.value = answer.slug;
    trouble.replaceChildren(); errors({}); delete form.dataset.unsaved;
    writing.standing(answer);
    if (writing.dirty()) { writing.tellState("unsaved", "Not saved yet"); } else { writing.tellState("saved", last); writing.forget(); }
    writing.touch();
    document.dispatchEvent(new CustomEvent("writing:saved"));
    return true;
  }
  async function send({ shrink = false, auto = false, knowing = false }) {
    quiet = auto;
    const fields = writing.fields(), sent = JSON.stringify(fields);
    if (fields.body.length > 1_000_000) { errors({ body: "The body is longer than a million characters, pictures and tables from elsewhere included. Shorten it, then save." }); alarm("Not saved.", `The text is too long to send. ${safe()}`); return false; }
    writing.tellState("saving", "Saving…"); if (!auto) { button.setAttribute("aria-busy", "true"); }
    let response;
    try {
      response = await writing.post(form.action, { ...fields, ...writing.beside(), draft: form.dataset.draft, base: writing.field("base").value, expected_version: writing.version(), pen: writing.pen, person: form.dataset.person, auto: auto ? "yes" : "", knowing: knowing ? "yes" : "", shrink: shrink ? "yes" : "" });
    } catch {
      failed += 1;
      alarm("Not saved.", auto ? `The desk does not answer. ${safe()} It is saved as soon as the desk is there again.` : `The desk did not answer. ${safe()}`, ["Try again", () => writing.save()]);
      soon();
      return false;
    } finally { button.removeAttribute("aria-busy"); }
    if (response.status === 401 || response.redirected) {
      failed += 1;
      alarm("Not saved: you are signed out.", `${safe()} Sign in in the new tab; it is saved when you come back.`, ["Sign in in a new tab", form.dataset.signIn], ["Save again", () => writing.save()]);
      soon();
      return false;
    }
    if (response.ok) { return saved(await response.json(), sent); }
    let answer = null;
    try { answer = await response.json(); } catch { /* not ours: told below */ }
    if (response.status === 409 && answer && answer.other) {
      failed += 1;
      alarm(`Not saved: ${answer.other} is signed in here now.`, `What you typed would be saved under that name. ${safe()} Sign in as yourself in the new tab; it is saved when you come back.`, ["Sign in in a new tab", form.dataset.signIn], ["Save again", () => writing.save()]);
      soon();
      return false;
    }
    stopped = response.status === 409 ? (answer?.held ? "held" : "stale") : response.status < 500 ? "refused" : "";
    if (answer?.closed) {
      closeDown(answer.closed);
    } else if (response.status === 409 && answer && answer.held && !writing.dirty()) {
      stopped = ""; writing.tellState("saved", last); // approved in the very moment of a look: nothing was to be saved
      writing.standing({ approved: answer });
    } else if (response.status === 409 && answer && answer.held) {
      standingSaid.replaceChildren();
      alarm(`Not saved: ${answer.by} approved this draft at ${answer.at}.`, `Your words are not in what was approved. ${safe()} Saving them asks for a new approval.`, ["Save and ask for a new approval", () => again({ knowing: true })]);
    } else if (response.status === 409 && answer) {
      trouble.innerHTML = answer.html; // written and escaped by the server
      writing.tellState("trouble", "Not saved"); wireConflict();
      if (!auto) { trouble.focus({ preventScroll: true }); trouble.scrollIntoView({ block: "start" }); }
    } else if (response.status === 422 && answer && answer.ask === "shrink") {
      if (!auto && await askShrink(answer)) { return send({ shrink: true }); }
      alarm("Not saved yet.", `The text would shrink from ${answer.before} to ${answer.after} words.`, ["Save the shorter text", () => again({ shrink: true })]);
    } else if (response.status === 422 && answer) {
      errors(answer.errors);
      alarm("Not saved.", `Everything you typed is still here. ${Object.values(answer.errors).join(" ")}`);
    } else if (response.status === 403) {
      alarm("Not saved.", `Your roles do not write this story any more. ${safe()} Copy what you need.`);
    } else {
      failed += 1;
      alarm("Not saved.", `The desk answered with an error (${response.status}). ${safe()}`, ["Try again", () => writing.save()]);
      soon();
    }
    return false;
  }
  // An answer that was cut off, or a mistake of ours: without the catch no later save would ever begin.
  function broken(error) {
    failed += 1;
    button.removeAttribute("aria-busy");
    alarm("Not saved.", `The desk’s answer could not be read. ${safe()} It is saved again by itself.`, ["Try again", () => writing.save()]);
    soon();
    console.warn(error);
    return false;
  }
  const again = (options) => { running = (running || Promise.resolve()).then(() => send(options)).catch(broken); return running; };

  // True: what the page says is kept on the desk.
  writing.save = () => {
    if ("closed" in form.dataset) { toast(`This draft is closed: nothing is saved here.${"again" in form.dataset ? " Write an update to change the text." : ""}`); return Promise.resolve(false); }
    clearTimeout(clock); clock = since = null;
    writing.keepHere();
    return again({});
  };
  // By itself: nothing opens, nothing scrolls, the focus stays.
  function itself() {
    clearTimeout(clock); clock = since = null;
    if ("closed" in form.dataset || kept === null || !writing.dirty() || stopped) { return Promise.resolve(true); }
    writing.keepHere();
    return again({ auto: true });
  }
  // Others' words, when they have saved and nothing of this page waits. Also of an approved draft: with nothing typed it
  // changes nothing there, and what was typed since is held like any autosave.
  writing.pull = () => "closed" in form.dataset || kept === null || stopped ? Promise.resolve(true) : again({ auto: true, knowing: true });
  function soon() { clearTimeout(clock); clock = setTimeout(itself, TRY_AGAIN[Math.min(failed - 1, TRY_AGAIN.length - 1)]); }
  writing.changed(() => {
    if (kept === null || "closed" in form.dataset || failed || !writing.dirty()) { return; }
    if (stopped === "refused") { stopped = ""; } // other words may be answered otherwise
    if (stopped) { return; }
    since ??= Date.now();
    clearTimeout(clock); clock = setTimeout(itself, Math.max(0, Math.min(PAUSE, since + LONGEST - Date.now())));
  });
  addEventListener("online", () => { if (failed) { itself(); } });
  document.addEventListener("visibilitychange", () => { if (document.visibilityState === "hidden" || failed) { itself(); } });
  form.addEventListener("submit", (event) => { if (writing.editor) { event.preventDefault(); writing.save(); } });
  document.addEventListener("keydown", (event) => {
    if (event.key.toLowerCase() === "s" && (event.ctrlKey || event.metaKey) && !event.altKey && !event.shiftKey) {
      event.preventDefault();
      if (!document.querySelector("dialog[open]")) { writing.save(); }
    }
  }, true);
  // On purpose, and the next draft's page offers what this browser has kept.
  document.getElementById("open-again")?.addEventListener("submit", () => { leaving = !writing.dirty() || writing.keepHere(); });
  addEventListener("beforeunload", (event) => { if (!leaving && writing.dirty()) { writing.keepHere(); event.preventDefault(); } });
})();
