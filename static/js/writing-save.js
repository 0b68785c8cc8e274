/* Saving against the version that was read. A late save is refused by the server and shown side by side; there is no
   way here to write over another's text. Nothing typed leaves the form because of an answer. */
(() => {
  "use strict";
  const form = writing.form, line = document.getElementById("saved"), said = line.querySelector("[data-said]"), button = document.getElementById("save");
  const trouble = document.getElementById("trouble");
  let kept = null, running = null, leaving = false, last = said.textContent;
  const text = () => JSON.stringify(writing.fields());

  writing.dirty = () => kept !== null && text() !== kept;
  writing.version = () => writing.field("expected_version").value;
  writing.tellState = (state, words) => {
    line.dataset.state = state; said.textContent = words;
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
    box.scrollIntoView({ block: "nearest" });
  }
  writing.alarm = alarm;

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
  function saved(answer, sent, keepMoves) {
    kept = sent; last = `Saved ${answer.saved_at}`;
    writing.field("expected_version").value = answer.version;
    document.querySelectorAll("[data-version]").forEach((input) => { input.value = answer.version; });
    Object.assign(writing.quotations, answer.quotations);
    for (const [name, html] of Object.entries(answer.fragments)) {
      if (keepMoves && name === "moves") { continue; }
      document.querySelector(`[data-fragment="${name}"]`).innerHTML = html; // written and escaped by the server
    }
    for (const [name, number] of Object.entries(answer.counts)) {
      const dot = document.querySelector(`[data-dot="${name}"]`); dot.textContent = number; dot.hidden = !number;
    }
    document.querySelector('[data-count="revision"]').textContent = answer.revision;
    trouble.replaceChildren(); errors({}); delete form.dataset.unsaved;
    if (writing.dirty()) { writing.tellState("unsaved", "Not saved yet"); } else { writing.tellState("saved", last); writing.forget(); }
    writing.touch();
    return true;
  }
  async function send(keepMoves, shrink) {
    const fields = writing.fields(), sent = JSON.stringify(fields);
    if (fields.body.length > 1_000_000) { errors({ body: "The body is longer than a million characters, pictures and tables from elsewhere included. Shorten it, then save." }); alarm("Not saved.", "The text is too long to send. It is still here and kept in this browser."); return false; }
    writing.tellState("saving", "Saving…"); button.setAttribute("aria-busy", "true");
    let response;
    try {
      response = await writing.post(form.action, { ...fields, draft: form.dataset.draft, expected_version: writing.version(), shrink: shrink ? "yes" : "" });
    } catch {
      alarm("Not saved.", "The desk did not answer. Your text is still here and kept in this browser.", ["Try again", () => writing.save()]);
      return false;
    } finally { button.removeAttribute("aria-busy"); }
    if (response.status === 401 || response.redirected) {
      alarm("Not saved: you are signed out.", "Your text is still here and kept in this browser. Sign in in the new tab, come back and save again.", ["Sign in in a new tab", form.dataset.signIn], ["Save again", () => writing.save()]);
      return false;
    }
    if (response.ok) { return saved(await response.json(), sent, keepMoves); }
    let answer = null;
    try { answer = await response.json(); } catch { /* not ours: told below */ }
    if (response.status === 409 && answer) {
      trouble.innerHTML = answer.html; // written and escaped by the server
      writing.tellState("trouble", "Not saved"); wireConflict();
      trouble.focus({ preventScroll: true }); trouble.scrollIntoView({ block: "start" });
    } else if (response.status === 422 && answer && answer.ask === "shrink") {
      if (await askShrink(answer)) { return send(keepMoves, true); }
      writing.tellState("trouble", "Not saved");
    } else if (response.status === 422 && answer) {
      errors(answer.errors);
      alarm("Not saved.", `Everything you typed is still here. ${Object.values(answer.errors).join(" ")}`);
    } else if (response.status === 403) {
      alarm("Not saved.", "Your roles do not write this story any more. Your text is still here and kept in this browser; copy what you need.");
    } else {
      alarm("Not saved.", `The desk answered with an error (${response.status}). Your text is still here and kept in this browser.`, ["Try again", () => writing.save()]);
    }
    return false;
  }

  writing.save = ({ keepMoves = false } = {}) => {
    if ("closed" in form.dataset) { return Promise.resolve(true); }
    running = (running || Promise.resolve()).then(() => { writing.keepHere(); return send(keepMoves, false); });
    return running;
  };
  form.addEventListener("submit", (event) => { if (writing.editor) { event.preventDefault(); writing.save(); } });
  document.addEventListener("keydown", (event) => {
    if (event.key.toLowerCase() === "s" && (event.ctrlKey || event.metaKey) && !event.altKey && !event.shiftKey) {
      event.preventDefault();
      if (!document.querySelector("dialog[open]")) { writing.save(); }
    }
  }, true);
  addEventListener("beforeunload", (event) => { if (!leaving && writing.dirty()) { writing.keepHere(); event.preventDefault(); } });
})();
