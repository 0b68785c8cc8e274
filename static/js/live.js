// A live post: Ctrl or Cmd with Enter sends it. The words stay in the field until the server has them.
{
  const toast = (text, kind) => document.dispatchEvent(new CustomEvent("desk:toast", { detail: { text, kind } }));
  const field = (form) => form.elements.words;

  const say = (form, text) => {
    const line = form.querySelector("[data-error]");
    line.querySelector("span").textContent = text;
    line.hidden = !text;
    line.closest(".field").classList.toggle("bad", Boolean(text));
    field(form).toggleAttribute("aria-invalid", Boolean(text));
    if (text) { field(form).setAttribute("aria-invalid", "true"); field(form).focus(); }
  };

  // What was posted, on the page that lists it.
  const redraw = async () => {
    const list = document.querySelector("[data-posts]");
    if (!list) return;
    try {
      const page = new DOMParser().parseFromString(await (await fetch(location.href)).text(), "text/html");
      const fresh = page.querySelector("[data-posts]");
      if (fresh) list.replaceWith(document.importNode(fresh, true));
    } catch { /* the list stays as it was; the post is out */ }
  };

  document.addEventListener("keydown", (event) => {
    const form = event.target.form;
    if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey) || !form?.matches("[data-live-post]")) return;
    event.preventDefault();
    form.requestSubmit();
  });

  // Before busy.js marks the form as sent for good: this page stays.
  document.addEventListener("submit", async (event) => {
    const form = event.target;
    if (!form.matches?.("[data-live-post]")) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    if (form.dataset.going) return;
    form.dataset.going = "yes";
    const sent = field(form).value;
    const button = form.querySelector("button");
    button.setAttribute("aria-busy", "true");
    say(form, "");
    try {
      const response = await fetch(form.action, { method: "POST", body: new FormData(form), headers: { Accept: "application/json" } });
      if (response.status === 201) {
        const answer = await response.json();
        // The next post may have been begun behind this one.
        const now = field(form).value;
        field(form).value = now.startsWith(sent) ? now.slice(sent.length).trimStart() : now;
        form.elements.token.value = answer.token;
        document.dispatchEvent(new CustomEvent("desk:sent", { detail: form }));
        toast(answer.said, "success");
        await redraw();
      } else if (response.status === 422) {
        say(form, Object.values((await response.json()).messages).join(" "));
      } else if (response.status === 401 || response.redirected) {
        say(form, "You are signed out. Sign in in another tab, then post again; what you wrote is still here.");
      } else {
        say(form, "Not posted: the desk did not answer. What you wrote is still here; posting again sends it once.");
      }
    } catch {
      say(form, "Not posted: no connection. What you wrote is still here; posting again sends it once.");
    }
    delete form.dataset.going;
    button.removeAttribute("aria-busy");
  }, true);
}
