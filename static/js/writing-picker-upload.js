/* A picture that is not in the library yet comes in from inside the picker: chosen, dropped or pasted. It gets its credit and
   its words there, and is chosen then. */
(() => {
  "use strict";
  for (const dialog of document.querySelectorAll("dialog.picker")) {
    const input = dialog.querySelector("[data-upload-to]");
    if (!input) { continue; }
    const part = (name) => dialog.querySelector(`[data-new${name}]`);
    const area = part(""), said = part("-said"), bar = part("-bar"), list = part("-form"), main = dialog.querySelector("form");
    const over = (on) => { area.hidden = !on; main.inert = on; main.classList.toggle("behind", on); if (!on) { list.replaceChildren(); } };
    const token = () => writing.form.querySelector("[name=csrfmiddlewaretoken]").value;
    const quietly = (text) => { said.textContent = text; };

    function send(file) {
      over(true);
      list.replaceChildren();
      bar.hidden = false; bar.value = 0;
      quietly(`Uploading ${file.name}…`);
      const body = new FormData(), request = new XMLHttpRequest();
      body.set("csrfmiddlewaretoken", token());
      body.append("files", file, file.name);
      request.open("POST", input.dataset.uploadTo);
      request.setRequestHeader("Accept", "application/json");
      request.upload.onprogress = (event) => { if (event.lengthComputable) { bar.value = event.loaded / event.total; } };
      request.onerror = () => { bar.hidden = true; quietly("The connection broke. Nothing of it was kept; choose the file again."); };
      request.onload = () => {
        bar.hidden = true;
        if (request.status === 401 || request.status === 403) { quietly("You are signed out. Sign in in another tab, then choose the file again."); return; }
        let answer;
        try { answer = JSON.parse(request.responseText); } catch { quietly("The desk did not answer. Nothing of it was kept; choose the file again."); return; }
        const [one] = answer.files || [];
        quietly(answer.error || `${one.name}: ${one.message}`);
        if (one?.form) { draw(one.form); } else if (one?.id) { look(one); }
      };
      request.send(body);
    }
    function look(one) { // it was in the library already: found by its number there
      const link = document.createElement("a");
      link.href = one.url; link.target = "_blank"; link.rel = "noopener"; link.textContent = "Look at it in a new tab";
      said.append(" ", link);
    }
    function draw(html) {
      const box = document.createElement("template");
      box.innerHTML = html;
      list.replaceChildren(box.content);
      const form = list.querySelector("form");
      form.querySelector("[aria-invalid=true], [name=credit]")?.focus();
      form.addEventListener("submit", async (event) => {
        event.preventDefault();
        event.stopPropagation();
        const button = form.querySelector("button");
        if (button.getAttribute("aria-busy")) { return; }
        button.setAttribute("aria-busy", "true");
        try {
          const sent = new FormData(form);
          sent.set("csrfmiddlewaretoken", token());
          const response = await fetch(form.action, { method: "POST", body: sent, headers: { Accept: "application/json" } });
          if (response.status === 422) { draw((await response.json()).form); return; }
          if (!response.ok || response.redirected) { throw new Error(response.status); }
          const choice = await response.json();
          over(false);
          dialog.dispatchEvent(new CustomEvent("picker:new", { detail: choice }));
        } catch (error) { quietly(error.message === "401" ? "You are signed out. Sign in in another tab, then save again." : "The desk did not answer. What you typed is here; save again."); }
        button.removeAttribute("aria-busy");
      });
    }

    input.addEventListener("change", () => { const [file] = input.files; if (file) { send(file); } input.value = ""; });
    part("-close").addEventListener("click", () => { over(false); dialog.querySelector("[data-search]").focus(); });
    dialog.addEventListener("close", () => over(false));
    dialog.addEventListener("paste", (event) => {
      const [file] = event.clipboardData?.files || [];
      if (file && area.hidden) { event.preventDefault(); send(file); }
    });
    dialog.addEventListener("dragover", (event) => { if (event.dataTransfer?.types.includes("Files")) { event.preventDefault(); } });
    dialog.addEventListener("drop", (event) => {
      const [file] = event.dataTransfer?.files || [];
      if (file) { event.preventDefault(); event.stopPropagation(); if (area.hidden) { send(file); } }
    });
  }
})();
