/* The dialogs that ask for a block, for the source of a quotation and for a link.
   writing.pick({ kind, edit, words, done }): edit is the id of a placement to begin from, words the selected text;
   done gets { id, label, card } of the new placement, { untie: true }, or null. */
(() => {
  "use strict";
  const form = writing.form;

  writing.pick = ({ kind, edit = "", words = "", done }) => {
    const dialog = document.getElementById(`picker-${kind}`);
    if (!dialog) { done(null); return; }
    const inner = dialog.querySelector("form"), search = dialog.querySelector("[data-search]"), found = dialog.querySelector("[data-found]");
    const sieve = dialog.querySelector("[data-filters]"), more = dialog.querySelector("[data-more]");
    const said = dialog.querySelector("[data-said]"), untie = dialog.querySelector("[data-untie]"), place = dialog.querySelector("[data-place]");
    const part = (name) => dialog.querySelector(`[data-part="${name}"]`);
    sieve?.replaceChildren();
    const all = [...inner.elements].filter((field) => field.name && field.name !== "choice" && field.type !== "file");
    const offers = all.filter((field) => field.type === "checkbox"), fields = all.filter((field) => field.type !== "checkbox");
    let result = null, turn = 0, clock, filled = {}, busy = false, edited = {}, fresh = false, answered = null;
    const listening = new AbortController(), on = (target, name, fn) => target?.addEventListener(name, fn, { signal: listening.signal });

    function fill(values) { // never over what somebody typed
      fields.forEach((field) => {
        if (!(field.name in values) || (field.value !== field.dataset.initial && field.value !== (filled[field.name] ?? ""))) { return; }
        field.value = filled[field.name] = writing.curlField(field.name, values[field.name]);
      });
    }
    function offer(values) { // a box is drawn only with the sentence that says what it would do
      for (const box of offers) {
        const words = values[box.name] || "", line = box.closest("[data-offer]");
        if (!words) { box.checked = false; }
        box.disabled = !words; line.hidden = !words; line.querySelector("[data-offered]").textContent = words;
      }
    }
    function from(which) { // chosen, or written anew; a field that both ask for is asked once
      dialog.querySelectorAll("[data-from]").forEach((button) => button.setAttribute("aria-pressed", String(button.dataset.from === which)));
      if (part("choose") && part("new")) { part("choose").hidden = which === "new"; part("new").hidden = which !== "new"; }
      const fresh = !part("choose") || which === "new";
      const asked = new Set(part("new") && fresh ? [...part("new").querySelectorAll("[name]")].map((field) => field.name) : []);
      part("new")?.querySelectorAll("[name]").forEach((field) => { field.disabled = !fresh; });
      part("fields")?.querySelectorAll(".field:not([data-offer]) [name]").forEach((field) => { const twice = asked.has(field.name); field.disabled = twice; field.closest(".field").hidden = twice; });
      dialog.dataset.fresh = fresh ? "yes" : "";
    }
    function show(errors) {
      let first = null;
      inner.querySelectorAll("[data-error]").forEach((line) => {
        const section = line.closest("[data-part]"), text = section && section.hidden ? "" : errors[line.dataset.error] || "";
        const field = line.closest(".field"), control = field && field.querySelector("[name]");
        line.textContent = text; line.hidden = !text;
        if (field) { field.classList.toggle("bad", !!text); }
        if (control) { if (text) { control.setAttribute("aria-invalid", "true"); first = first || control; } else { control.removeAttribute("aria-invalid"); } }
      });
      const shown = [...inner.querySelectorAll("[data-error]")].map((line) => !line.hidden && line.dataset.error);
      const rest = Object.keys(errors).filter((name) => !shown.includes(name)).map((name) => errors[name]);
      if (rest.length) { const line = inner.querySelector("[data-error='']"); line.textContent = rest.join(" "); line.hidden = false; }
      if (first) { first.focus(); } else if (errors.choice && search) { search.focus(); }
    }
    function row(choice) {
      const label = document.createElement("label"), radio = document.createElement("input"), text = document.createElement("span"), meta = document.createElement("small");
      label.className = "found-row"; radio.type = "radio"; radio.name = "choice"; radio.value = choice.id;
      if (choice.thumb) { const image = document.createElement("img"); image.src = choice.thumb; image.alt = ""; image.loading = "lazy"; label.append(radio, image, text); } else { label.append(radio, text); }
      text.textContent = choice.title; meta.textContent = choice.meta || ""; text.append(meta);
      if (choice.barred) { const why = document.createElement("small"); why.className = "error"; why.textContent = choice.barred; text.append(why); radio.disabled = true; }
      radio.addEventListener("change", () => { fresh = !!choice.values?.fresh; fill(choice.values || {}); offer(String(choice.id) === edited.choice ? edited : {}); show({}); });
      return label;
    }
    function filters(offered) { // drawn anew with each answer; what is chosen, and the focus, stays
      const focused = document.activeElement.name;
      sieve.replaceChildren(...offered.map(({ name, label, options }) => {
        const field = document.createElement("label"), select = document.createElement("select");
        select.className = "input"; select.name = `f-${name}`; select.setAttribute("aria-label", label);
        options.forEach(([value, words, chosen]) => { select.append(new Option(value ? words : `${label}: ${words.toLowerCase()}`, value, chosen, chosen)); });
        select.addEventListener("change", () => look(null));
        field.append(select);
        return field;
      }));
      if (focused?.startsWith("f-")) { sieve.querySelector(`[name="${focused}"]`)?.focus(); }
    }
    async function look(keep, typing = false, before = "") {
      const mine = ++turn;
      said.textContent = "Looking…";
      const asked = sieve ? { filters: "yes", before, ...Object.fromEntries([...sieve.querySelectorAll("select")].map((one) => [one.name.slice(2), one.value])) } : {};
      try {
        const response = await fetch(`${form.dataset.search}?${new URLSearchParams({ kind, q: search.value, story: form.dataset.story, ...asked })}`, { headers: { Accept: "application/json" } });
        if (!response.ok || response.redirected) { throw new Error(response.status); }
        const answer = await response.json();
        if (mine !== turn) { return; }
        // A source by itself is offered for the words that were selected.
        const rows = answer.results.filter((choice) => !choice.values?.fresh || quoted?.value).map(row), kept = keep && !answer.results.some((choice) => String(choice.id) === keep.id) ? [row(keep)] : [];
        const chosen = keep ? keep.id : found.querySelector("input:checked")?.value; // what was chosen while this looked stays
        if (before) { found.append(...rows.filter((one) => !found.querySelector(`[value="${CSS.escape(one.firstChild.value)}"]`))); } else { found.replaceChildren(found.querySelector("legend"), ...kept, ...rows); found.scrollTop = 0; }
        if (sieve) { filters(answer.filters); more.hidden = !answer.older; more.value = answer.older; }
        if (chosen) { const radio = found.querySelector(`[value="${CSS.escape(chosen)}"]`); if (radio) { radio.checked = true; } }
        said.textContent = rows.length || kept.length ? "" : answer.empty;
        // Two letters and Enter tie: what was typed chooses the first. Not in a library of pictures.
        if (typing && kind === "quotation" && !edit && rows.length) { rows[0].querySelector("input").click(); search.focus(); }
        answered = search.value;
      } catch (error) {
        if (mine === turn) { said.textContent = error.message === "401" ? "You are signed out. Sign in in another tab, then search again." : "The desk did not answer. Try again."; }
      }
    }
    async function begin() {
      let keep = null;
      if (edit) {
        try {
          const response = await fetch(`${form.dataset.search}?${new URLSearchParams({ kind, placement: edit })}`, { headers: { Accept: "application/json" } });
          if (response.ok) {
            const { values } = await response.json();
            fields.forEach((field) => { if (field.name in values) { field.value = values[field.name]; } });
            edited = values; offer(edited);
            if (values.choice) {
              keep = { id: String(values.choice), title: values.choice_title || "", meta: values.choice_meta || "" };
              if (found) { found.append(row(keep)); found.lastChild.querySelector("input").checked = true; } // chosen at once: the search may take its time
            }
          }
        } catch { /* the picker then begins empty */ }
      }
      if (search) { look(keep); }
    }

    found?.replaceChildren(found.querySelector("legend")); // last time's rows would be replaced under the hand
    inner.reset(); show({}); offer({}); from("choose"); place.removeAttribute("aria-busy");
    fields.forEach((field) => { if (field.type === "hidden") { field.value = ""; } });
    if (untie) { untie.hidden = !edit; }
    const quoted = inner.querySelector("[data-part=new] [name=words]");
    if (words && quoted) { quoted.value = writing.bare(words); quoted.dataset.initial = quoted.value; if (search && !edit && words.length > 3) { search.value = quoted.value.split(/\s+/).slice(0, 6).join(" "); } }
    on(more, "click", () => look(null, false, more.value));
    on(dialog, "picker:new", (event) => { // it came in from here: chosen, with its words
      const one = event.detail;
      search.value = ""; sieve?.replaceChildren();
      found.append(row(one));
      const radio = found.lastChild.querySelector("input");
      if (!one.barred) { radio.checked = true; fill(one.values || {}); }
      look(one); fields.find((field) => field.type !== "hidden")?.focus();
    });
    on(search, "input", () => { clearTimeout(clock); clock = setTimeout(() => look(null, true), 150); });
    on(search, "keydown", (event) => {
      const rows = [...found.querySelectorAll("input:enabled")];
      if (event.key === "ArrowDown" && rows.length) { event.preventDefault(); (rows.find((one) => one.checked) || rows[0]).focus(); }
      if (event.key !== "Enter") { return; }
      event.preventDefault(); clearTimeout(clock);
      if (kind === "quotation" && answered === search.value && rows.some((one) => one.checked)) { inner.requestSubmit(); } else { look(null, true); }
    });
    dialog.querySelectorAll("[data-from]").forEach((button) => on(button, "click", () => { from(button.dataset.from); show({}); }));
    dialog.querySelectorAll("[data-cancel]").forEach((button) => on(button, "click", () => end()));
    on(untie, "click", () => { result = { untie: true }; end(); });
    on(inner, "submit", async (event) => {
      event.preventDefault();
      if (busy) { return; }
      if (fresh && found?.querySelector("input:checked")) { from("new"); } // its words and its source stand there
      busy = true; place.setAttribute("aria-busy", "true");
      const sent = new FormData(inner);
      sent.set("kind", kind); sent.set("story", form.dataset.story);
      if (dialog.dataset.fresh) { sent.set("choice", ""); }
      try {
        const response = await writing.post(form.dataset.place, sent);
        if (response.status === 401) { show({ "": "You are signed out. Sign in in another tab, then press the button again. Nothing here is lost." }); }
        else if (response.status === 422) { show((await response.json()).errors); }
        else if (!response.ok || response.redirected) { throw new Error(response.status); }
        else { result = await response.json(); }
      } catch { show({ "": "The desk did not answer. Nothing here is lost; press the button again." }); }
      busy = false; place.removeAttribute("aria-busy");
      if (result) { end(); }
    });
    // The event of closing comes a moment after the dialog has gone: a letter typed between would stand in front of the block.
    function end() {
      if (listening.signal.aborted) { return; } // left with Escape while the desk was answering
      listening.abort(); clearTimeout(clock); turn += 1; dialog.close(); done(result);
    }
    on(dialog, "close", () => { result = null; end(); }); // Escape
    dialog.showModal();
    (search || fields.find((field) => field.type !== "hidden"))?.focus();
    search?.select(); // typing takes the place of the words that were looked for
    begin();
  };

  const SAFE = /^(https?:\/\/[^\s/?#@\\]+\.[^\s/?#@\\]+|mailto:[^\s@]+@[^\s@]+\.[^\s@]+$|tel:\+?[0-9 ()-]+$|\/(?![/\\]))/i;
  writing.askLink = ({ href, words, done }) => {
    const dialog = document.getElementById("link-dialog"), input = document.getElementById("link-href"), text = document.getElementById("link-words");
    const error = dialog.querySelector("[data-error]"), unlink = dialog.querySelector("[data-unlink]"), inner = dialog.querySelector("form");
    const listening = new AbortController(), on = (target, name, fn) => target.addEventListener(name, fn, { signal: listening.signal });
    let result = null;
    input.value = href || ""; text.value = ""; error.hidden = true; unlink.hidden = !href;
    dialog.querySelector("[data-words]").hidden = !!(words || href);
    on(dialog.querySelector("[data-cancel]"), "click", () => end());
    on(unlink, "click", () => { result = ""; end(); });
    on(inner, "submit", (event) => {
      event.preventDefault();
      let address = input.value.trim();
      if (/^[\w-]+(\.[\w-]+)+([/?#].*)?$/.test(address)) { address = `https://${address}`; }
      if (!SAFE.test(address)) { error.textContent = "Give the whole address, beginning with https://, or a path of this site."; error.hidden = false; input.setAttribute("aria-invalid", "true"); input.focus(); return; }
      input.removeAttribute("aria-invalid");
      result = address; end();
    });
    function end() { listening.abort(); dialog.close(); done(result, text.value.trim()); }
    on(dialog, "close", end);
    dialog.showModal(); input.focus(); input.select();
  };
})();
