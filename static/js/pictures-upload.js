// Files that are chosen, dropped (folders too) or pasted go up three at a time, each a request of its own with its own
// line; a bad one holds no other up, one whose connection broke is tried again. Two thousand are a list of names: of the
// lines the newest two hundred are drawn, and all that went wrong. Without this script the form sends them all at once.
{
  const form = document.querySelector("[data-upload]");
  const input = form.querySelector("input[type=file]");
  const drop = form.querySelector(".drop");
  const list = document.querySelector("#lines ul");
  const progress = document.getElementById("progress");
  const whole = document.getElementById("whole");
  const again = document.getElementById("again");
  const halt = document.getElementById("halt");
  const waiting = document.getElementById("waiting");
  const AT_ONCE = 3, LINES = 200, FORMS = 6, TRIES = 3;
  const queue = [], broken = [];
  let total = 0, done = 0, good = 0, lacking = 0, running = 0, forms = 0, halted = false;

  form.querySelector("[data-plain]").hidden = true;
  form.querySelector("[data-drop]").hidden = false;

  const chip = (state, name) => {
    const made = document.getElementById(`line-${state}`).content.firstElementChild.cloneNode(true);
    made.lastChild.textContent = name;
    return made;
  };
  const line = (name) => {
    const item = document.createElement("li"), words = document.createElement("span"), title = document.createElement("span");
    title.textContent = name;
    const bar = document.createElement("progress");
    bar.max = 1;
    bar.value = 0;
    bar.setAttribute("aria-label", name);
    words.append(bar);
    item.append(title, words);
    item.dataset.going = "yes";
    list.prepend(item);
    return item;
  };
  const settle = (item, name, state, message, url, same) => {
    delete item.dataset.going;
    item.dataset.state = state;
    const words = document.createElement("span");
    words.textContent = `${message} `;
    if (url) {
      const link = document.createElement("a");
      link.href = url;
      link.textContent = state === "warn" ? (same ? "Use that one" : "Compare them") : "Open it";
      words.append(link);
    }
    item.replaceChildren(chip(state, name), words);
    const fine = list.querySelectorAll("li[data-state=fine]");
    for (let at = LINES; at < fine.length; at += 1) fine[at].remove(); // the newest stand first
  };
  const tell = () => {
    const left = lacking ? ` ${lacking.toLocaleString("en-GB")} of ${good.toLocaleString("en-GB")} still need${lacking === 1 ? "s" : ""} a credit or an alternative text.` : "";
    const bad = broken.length ? ` ${broken.length} broke off.` : "";
    progress.textContent = running || queue.length
      ? `Uploading: ${done.toLocaleString("en-GB")} of ${total.toLocaleString("en-GB")} done.`
      : `${done.toLocaleString("en-GB")} of ${total.toLocaleString("en-GB")} done.${bad}${left}`;
    whole.max = Math.max(1, total);
    whole.value = done;
    whole.hidden = !running && !queue.length;
    halt.hidden = !queue.length;
    again.hidden = !broken.length || running > 0;
    document.getElementById("came").hidden = !good;
  };

  const send = (body, moved) => new Promise((answer, fail) => {
    const request = new XMLHttpRequest();
    request.open("POST", form.action || location.href);
    request.setRequestHeader("Accept", "application/json");
    request.responseType = "text";
    request.timeout = 600_000;
    request.upload.onprogress = (event) => { if (event.lengthComputable) moved(event.loaded / event.total); };
    request.onload = () => answer(request);
    request.onerror = request.ontimeout = () => fail(new Error("broke"));
    request.send(body);
  });
  const pause = (seconds) => new Promise((after) => { setTimeout(after, seconds * 1000); });

  const take = async (file) => {
    const item = line(file.name), largest = Number(form.dataset.largest) * 1_000_000;
    if (file.size > largest) { settle(item, file.name, "stop", `The file is larger than ${form.dataset.largest} MB. Export it smaller.`); return; }
    for (let attempt = 1; ; attempt += 1) {
      const body = new FormData(form);
      body.delete("files");
      body.append("files", file, file.name);
      try {
        const request = await send(body, (part) => { const bar = item.querySelector("progress"); if (bar) bar.value = part; });
        if (request.status === 401 || request.status === 403) { broken.push(file); settle(item, file.name, "stop", "You are signed out. Sign in again in another tab, then try the broken ones again."); return; }
        if (request.status >= 500 || request.status === 429) throw new Error("away");
        const { files = [], error } = JSON.parse(request.responseText);
        if (error) { settle(item, file.name, "stop", error); return; }
        for (const one of files) {
          settle(item, one.name, one.state, one.message, one.url, !one.new);
          if (!one.new) continue;
          good += 1;
          lacking += 1;
          if (forms >= FORMS) continue; // the rest are filled in one after another
          forms += 1;
          const box = document.createElement("template");
          box.innerHTML = one.form;
          document.getElementById("waiting-list").prepend(box.content);
          waiting.hidden = false;
        }
        return;
      } catch {
        if (attempt >= TRIES) { broken.push(file); settle(item, file.name, "stop", "The connection broke. Nothing of it was kept."); return; }
        await pause(attempt * 2);
      }
    }
  };

  const work = () => {
    document.getElementById("lines").hidden = false;
    while (running < AT_ONCE && queue.length && !halted) {
      running += 1;
      take(queue.shift()).finally(() => { running -= 1; done += 1; work(); });
    }
    tell();
  };
  const add = (files) => {
    const chosen = [...files];
    if (!chosen.length) return;
    if (!running && !queue.length) { total = 0; done = 0; }
    halted = false;
    total += chosen.length;
    queue.push(...chosen);
    work();
  };

  const chosen = () => { const files = [...input.files]; input.value = ""; add(files); };
  input.addEventListener("change", chosen);
  chosen(); // files that were chosen before this script had loaded
  again.addEventListener("click", () => { const files = broken.splice(0); add(files); });
  halt.addEventListener("click", () => { halted = true; total -= queue.length; queue.length = 0; tell(); });
  form.addEventListener("submit", (event) => {
    if (!input.files.length) { event.preventDefault(); event.stopImmediatePropagation(); input.click(); }
  }, { capture: true });
  window.addEventListener("beforeunload", (event) => { if (running || queue.length) event.preventDefault(); });
  document.addEventListener("paste", (event) => {
    if (event.clipboardData?.files.length) { event.preventDefault(); add(event.clipboardData.files); }
  });
  const over = (on) => drop.classList.toggle("over", on);
  document.addEventListener("dragover", (event) => {
    if (!event.dataTransfer?.types.includes("Files")) return;
    event.preventDefault();
    over(true);
  });
  document.addEventListener("dragleave", (event) => { if (!event.relatedTarget) over(false); });

  const inside = async (entry) => { // a folder is read to its end, hidden files aside
    if (entry.isFile) return entry.name.startsWith(".") ? [] : [await new Promise((found, fail) => entry.file(found, fail))];
    const reader = entry.createReader(), found = [];
    for (;;) {
      const some = await new Promise((read, fail) => reader.readEntries(read, fail));
      if (!some.length) return found;
      for (const one of some) found.push(...await inside(one));
    }
  };
  document.addEventListener("drop", async (event) => {
    if (!event.dataTransfer?.files.length) return;
    event.preventDefault();
    over(false);
    const plain = [...event.dataTransfer.files];
    const entries = [...event.dataTransfer.items].map((one) => one.webkitGetAsEntry?.()).filter(Boolean);
    if (!entries.some((one) => one.isDirectory)) { add(plain); return; }
    const files = [];
    for (const entry of entries) { try { files.push(...await inside(entry)); } catch { /* a file that went meanwhile */ } }
    add(files);
  });
}
