/* The writing screen's ground: the form, the editor when it is ready, what is typed, talking to the server.
   The other writing-*.js files stand on window.writing. Without any of them the form is a plain form. */
(function () {
  "use strict";
  const form = document.getElementById("writing");
  const data = (id) => JSON.parse(document.getElementById(id).textContent);
  const names = ["kicker", "headline", "standfirst", "lead_image", "search_title", "search_description", "social_title", "social_description"];
  const waiting = [], listeners = [];
  const writing = window.writing = {
    form, editor: null, kinds: data("writing-kinds"), quotations: data("writing-quotations"), waived: data("writing-waived"),
    ready(fn) { if (writing.editor) { fn(writing.editor); } else { waiting.push(fn); } },
    field(name) { return form.elements[name]; },
    // Paragraphs without a word at the end are only there to type in.
    body() {
      if (!writing.editor) { return writing.field("body").value; }
      return writing.editor.getData().replace(/(?:\s*<p>(?:&nbsp;|\s|<br \/>)*<\/p>)+\s*$/, "");
    },
    fields() {
      const fields = { body: writing.body() };
      names.forEach((name) => { fields[name] = writing.field(name).value; });
      return fields;
    },
    changed(fn) { listeners.push(fn); },
    touch() { listeners.forEach((fn) => fn()); },
    token() { return form.elements.csrfmiddlewaretoken.value; },
    // POST as a script. A new sign-in in another tab changes the token: it is fetched again once.
    async post(url, fields, again) {
      const body = fields instanceof URLSearchParams || fields instanceof FormData ? fields : new URLSearchParams(fields);
      const response = await fetch(url, { method: "POST", body, headers: { Accept: "application/json", "X-CSRFToken": writing.token() } });
      if (response.status !== 403 || again) { return response; }
      const page = await fetch(location.pathname, { headers: { Accept: "text/html" } });
      if (page.redirected) { return new Response("{}", { status: 401 }); } // signed out: the sign-in page answered
      return page.ok && writing.takeToken(await page.text()) ? writing.post(url, fields, true) : response;
    },
    takeToken(html) {
      const page = new DOMParser().parseFromString(html, "text/html");
      const fresh = page.querySelector("#writing [name=csrfmiddlewaretoken]");
      if (!fresh) { return false; }
      document.querySelectorAll("[name=csrfmiddlewaretoken]").forEach((input) => { input.value = fresh.value; });
      return true;
    },
    plain(html) {
      const page = new DOMParser().parseFromString(html, "text/html");
      page.querySelectorAll("[data-block]").forEach((block) => block.remove());
      return [...page.body.querySelectorAll("p,h2,h3,h4,li,td,th")].filter((node) => !node.querySelector("p,li"))
        .map((node) => node.textContent.trim()).filter(Boolean).join("\n\n");
    },
  };

  // Headline, kicker and standfirst are one line of thought each: Enter goes on, the field grows by itself.
  const grows = [...form.querySelectorAll("[data-grow]")];
  const fit = (area) => { if (!CSS.supports("field-sizing", "content")) { area.style.height = "auto"; area.style.height = `${area.scrollHeight}px`; } };
  grows.forEach((area, number) => {
    fit(area);
    area.addEventListener("input", () => { fit(area); writing.touch(); });
    area.addEventListener("keydown", (event) => {
      if (event.key !== "Enter" || event.isComposing) { return; }
      event.preventDefault();
      if (grows[number + 1]) { grows[number + 1].focus(); } else if (writing.editor) { writing.editor.focus(); }
    });
  });
  document.fonts.ready.then(() => grows.forEach(fit));
  addEventListener("resize", () => grows.forEach(fit));
  document.querySelectorAll("[form=writing]").forEach((field) => field.addEventListener("input", writing.touch));

  // The line at the foot: words and lengths as they are now.
  const count = (name) => document.querySelector(`[data-count="${name}"]`);
  // newsroom.blocks.minutes, which rounds a half to the even number.
  const minutes = (words) => Math.max(1, words % 460 === 115 ? Math.floor(words / 230) : Math.round(words / 230));
  function tell() {
    const words = (writing.plain(writing.body()).match(/[\p{L}\p{N}](?:[\p{L}\p{N}'’-]*[\p{L}\p{N}])?/gu) || []).length;
    count("words").textContent = words;
    count("minutes").textContent = minutes(words);
    count("headline").textContent = `Headline ${writing.field("headline").value.trim().length} of 110`;
    count("standfirst").textContent = `Standfirst ${writing.field("standfirst").value.trim().length} characters`;
  }
  let clock;
  writing.changed(() => { clearTimeout(clock); clock = setTimeout(tell, 200); });
  document.addEventListener("DOMContentLoaded", tell);

  document.addEventListener("DOMContentLoaded", () => {
    if (!window.CKEDITOR) { return; } // the plain text area stays, and saves
    CKEDITOR.on("instanceReady", ({ editor }) => {
      if (editor.name !== "id_body") { return; }
      writing.editor = editor;
      editor.on("change", writing.touch);
      const editable = editor.editable();
      editable.setAttribute("aria-label", "Body");
      editable.setAttribute("aria-describedby", "body-error");
      if ("closed" in form.dataset) { editor.setReadOnly(true); grows.forEach((area) => { area.readOnly = true; }); }
      waiting.splice(0).forEach((fn) => fn(editor));
      document.documentElement.dataset.writing = "ready";
    });
  });
})();
