// What is typed into a form of the desk stays in this browser until it is on the desk.
// <form data-keeps> is kept as it is typed, under its person, the address it is sent to, its draft, and what data-keeps names
// where many forms go to one address. A page that opens with the form puts the words back: after a reload, a sign-out, a
// crash. Sent and followed by the desk's "done" (or by the form with data-keeps-done), or found on the desk in a newer
// version, they go.
// A field that says something else by now than when it was typed in is left as it is; the kept words stand beside it.
// A script that sends the form itself says so: document.dispatchEvent(new CustomEvent("desk:sent", { detail: form })).
{
  const person = document.body.dataset.person, DAYS = 30 * 24 * 3600 * 1000;
  const key = (form) => `kept:${person}:${new URL(form.getAttribute("action") || location.pathname, location).pathname}:${form.elements.draft?.value || ""}${form.dataset.keeps ? `:${form.dataset.keeps}` : ""}`;
  const version = (form) => ["expected_version", "version"].map((name) => form.elements[name]?.value).find(Boolean) || "";
  const read = (name) => { try { return JSON.parse(localStorage.getItem(name)); } catch { return null; } };
  const drop = (name) => { try { localStorage.removeItem(name); } catch { /* nothing was kept */ } };
  const unkept = new Set(), clocks = new WeakMap();

  // A field by its name: what it says, what the server wrote into it.
  const typing = (one) => one.name && !one.disabled && !one.readOnly && !one.matches("[type=hidden], [type=password], [type=file], [type=submit], [data-unkept], button, fieldset, output");
  const says = (one) => one.matches("[type=checkbox], [type=radio]") ? (one.checked ? one.value : "") : one.value;
  const began = (one) => {
    if (one.matches("[type=checkbox], [type=radio]")) { return one.defaultChecked ? one.value : ""; }
    if (one.matches("select")) { return ([...one.options].find((option) => option.defaultSelected) || one.options[0])?.value || ""; }
    return one.defaultValue;
  };
  const fields = (form) => [...form.elements].filter(typing).map((one) => [one.matches("[type=checkbox], [type=radio]") ? `${one.name}=${one.value}` : one.name, one]);
  const say = (one, value) => {
    if (one.matches("[type=checkbox], [type=radio]")) { one.checked = value === one.value && value !== ""; } else { one.value = value; }
    one.dispatchEvent(new Event("input", { bubbles: true }));
  };

  const keep = (form) => {
    clearTimeout(clocks.get(form));
    const typed = Object.fromEntries(fields(form).filter(([, one]) => says(one) !== began(one)).map(([name, one]) => [name, [says(one), began(one)]]));
    const left = read(key(form))?.left || [];
    if (!Object.keys(typed).length && !left.length) { unkept.delete(form); drop(key(form)); return; }
    try { localStorage.setItem(key(form), JSON.stringify({ at: Date.now(), typed, left, version: version(form) })); unkept.delete(form); } catch { unkept.add(form); }
  };
  const later = ({ target, isTrusted }) => {
    const form = target.form;
    if (!isTrusted || !form?.matches("[data-keeps]") || !typing(target)) return;
    clearTimeout(clocks.get(form));
    clocks.set(form, setTimeout(() => { if (form.isConnected) keep(form); }, 250));
  };
  document.addEventListener("input", later);
  document.addEventListener("change", later);

  const words = (one) => one.matches("select") ? [...one.options].find((option) => option.value === one.value)?.text : one.value;
  const bring = (form) => {
    if (form.dataset.kept) return;
    form.dataset.kept = "yes";
    if (form.hasAttribute("data-keeps-done")) { drop(key(form)); return; }
    const kept = read(key(form));
    if (!kept) return;
    const here = new Map(fields(form)), left = [...kept.left];
    const taken = ([name, [typed]]) => here.has(name) && began(here.get(name)) === typed;
    // A newer version says all of it; a refused page says it too, and has an alarm: those words are on no desk yet.
    if (kept.version && kept.version !== version(form) && !left.length && Object.entries(kept.typed).every(taken)
      && !document.querySelector(".alarm:not(.put-back)")) { drop(key(form)); return; }
    let back = 0;
    for (const [name, [typed, began_]] of Object.entries(kept.typed)) {
      const one = here.get(name);
      if (one && says(one) === typed) continue; // refused, and still there
      if (one && says(one) === began(one) && began(one) === began_) { say(one, typed); back += 1; continue; }
      if (typed && !(one && one.matches("[type=checkbox], [type=radio], select"))) left.push([one?.labels?.[0]?.textContent.trim() || name, typed]);
    }
    if (back || left.length) tell(form, kept.at, back, left);
    if (left.length) { try { localStorage.setItem(key(form), JSON.stringify({ ...kept, left })); } catch { /* as it was */ } }
  };
  const tell = (form, at, back, left) => {
    const bar = document.createElement("section"), said = document.createElement("p"), row = document.createElement("div"), away = document.createElement("button");
    const when = new Date(at).toLocaleString("en-GB", { dateStyle: "medium", timeStyle: "short" });
    bar.className = "alarm calm put-back"; bar.setAttribute("role", "status");
    said.textContent = back ? `What you typed here on ${when} and did not send is back.` : `What you typed here on ${when} was not sent. The field says something else by now.`;
    bar.append(said, ...left.map(([name, typed]) => { const one = document.createElement("p"); one.className = "wording"; one.textContent = `${name}: ${typed}`; return one; }));
    away.type = "button"; away.className = "btn mini"; away.textContent = "Throw it away"; row.className = "row"; row.append(away); bar.append(row);
    away.addEventListener("click", () => { drop(key(form)); for (const [, one] of fields(form)) say(one, began(one)); bar.remove(); fields(form)[0]?.[1].focus(); });
    form.prepend(bar);
    const closed = form.closest("details:not([open])");
    if (closed) closed.open = true;
  };

  // Sent by a script, and taken: the next words may stand in the form already.
  document.addEventListener("desk:sent", ({ detail: form }) => {
    clearTimeout(clocks.get(form));
    drop(key(form)); unkept.delete(form);
    form.querySelector(".put-back")?.remove();
    if (form.isConnected) keep(form);
  });
  // Sent as a page: whether it was taken, the page that follows says.
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (event.defaultPrevented || !form.matches("[data-keeps]")) return;
    keep(form);
    const kept = read(key(form));
    if (kept) { try { localStorage.setItem(key(form), JSON.stringify({ ...kept, left: [], sent: true })); } catch { /* it stays, and is offered */ } }
    unkept.delete(form);
  });
  addEventListener("beforeunload", (event) => { if ([...unkept].some((form) => form.isConnected)) event.preventDefault(); });

  if (person) {
    const done = document.querySelector("#toasts [data-toast].success");
    let mine = [];
    try { mine = Object.keys(localStorage).filter((name) => name.startsWith(`kept:${person}:`)); } catch { /* shut by the browser's settings */ }
    for (const name of mine) {
      const kept = read(name);
      if (!kept || (kept.sent && done) || Date.now() - kept.at > DAYS) drop(name);
      else if (kept.sent) { try { localStorage.setItem(name, JSON.stringify({ ...kept, sent: false })); } catch { /* it stays */ } }
    }
    const all = () => document.querySelectorAll("form[data-keeps]:not([data-kept])").forEach(bring);
    all();
    new MutationObserver(all).observe(document.body, { childList: true, subtree: true });
  }
}
