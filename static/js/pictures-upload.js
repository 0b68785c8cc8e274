// Files chosen, dropped or pasted go up one after the other, each with its own line; a bad one holds no other up.
// Without this script the same form sends them all at once.
{
  const form = document.querySelector("[data-upload]");
  const input = form.querySelector("input[type=file]");
  const list = document.querySelector("#lines ul");
  const progress = document.getElementById("progress");
  const waiting = document.getElementById("waiting");
  const queue = [];
  let total = 0, done = 0, busy = false;

  form.querySelector("[data-plain]").hidden = true;
  form.querySelector("[data-drop]").hidden = false;

  const line = (name, state, message, url) => {
    const item = document.createElement("li");
    const chip = document.getElementById(`line-${state}`).content.firstElementChild.cloneNode(true);
    chip.lastChild.textContent = name;
    const words = document.createElement("span");
    words.textContent = `${message} `;
    if (url) {
      const link = document.createElement("a");
      link.href = url;
      link.textContent = state === "warn" ? "Use that one" : "Open it";
      words.append(link);
    }
    item.append(chip, words);
    list.prepend(item);
  };

  const take = async (file) => {
    const largest = Number(form.dataset.largest) * 1_000_000;
    if (file.size > largest) {
      line(file.name, "stop", `The file is larger than ${form.dataset.largest} MB. Export it smaller.`);
      return;
    }
    const body = new FormData(form);
    body.delete("files");
    body.append("files", file);
    try {
      const answer = await fetch(form.action || location.href, { method: "POST", body, headers: { Accept: "application/json" } });
      if (answer.status === 401) return line(file.name, "stop", "You are signed out. Sign in again and choose the file once more.");
      const { files = [], error } = await answer.json();
      if (error) return line(file.name, "stop", error);
      for (const one of files) {
        line(one.name, one.state, one.message, one.url);
        if (!one.form) continue;
        const box = document.createElement("template");
        box.innerHTML = one.form;
        document.getElementById("waiting-list").prepend(box.content);
        waiting.hidden = false;
      }
    } catch {
      line(file.name, "stop", "The connection broke. Choose the file again; nothing of it was kept.");
    }
  };

  const work = async () => {
    if (busy) return;
    busy = true;
    document.getElementById("lines").hidden = false;
    while (queue.length) {
      progress.textContent = `Uploading ${done + 1} of ${total}: ${queue[0].name}`;
      await take(queue.shift());
      done += 1;
    }
    progress.textContent = `${done} of ${total} done.`;
    busy = false; total = 0; done = 0;
  };

  const add = (files) => {
    const chosen = [...files];
    if (!chosen.length) return;
    queue.push(...chosen);
    total += chosen.length;
    work();
  };

  const chosen = () => { add(input.files); input.value = ""; };
  input.addEventListener("change", chosen);
  chosen(); // files that were chosen before this script had loaded
  form.addEventListener("submit", (event) => {
    if (!input.files.length) { event.preventDefault(); event.stopImmediatePropagation(); input.click(); }
  }, { capture: true });
  document.addEventListener("paste", (event) => {
    if (event.clipboardData?.files.length) add(event.clipboardData.files);
  });
  const over = (on) => form.classList.toggle("over", on);
  document.addEventListener("dragover", (event) => {
    if (!event.dataTransfer?.types.includes("Files")) return;
    event.preventDefault();
    over(true);
  });
  document.addEventListener("dragleave", (event) => { if (!event.relatedTarget) over(false); });
  document.addEventListener("drop", (event) => {
    if (!event.dataTransfer?.files.length) return;
    event.preventDefault();
    over(false);
    add(event.dataTransfer.files);
  });
}
