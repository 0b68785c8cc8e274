/* Searching the picture library inside a form. Without it the newest pictures can be chosen. */
for (const choice of document.querySelectorAll("[data-picture-choice]")) {
  const look = choice.querySelector("[data-look]"), said = choice.querySelector("[data-said]"), found = choice.querySelector("[data-found]");
  const none = found.firstElementChild;
  let turn = 0, clock;

  function row({ id, title, meta, thumb, barred }) {
    const label = document.createElement("label"), radio = document.createElement("input"), image = document.createElement("img");
    const text = document.createElement("span"), small = document.createElement("small");
    label.className = "found-row"; radio.type = "radio"; radio.name = choice.dataset.pictureChoice; radio.value = id;
    image.src = thumb; image.alt = ""; image.loading = "lazy";
    small.textContent = meta; text.append(title, small);
    if (barred) { const why = document.createElement("small"); why.className = "error"; why.textContent = barred; text.append(why); radio.disabled = true; }
    label.append(radio, image, text);
    return label;
  }

  async function search() {
    const mine = ++turn;
    said.textContent = "Looking…";
    try {
      const answer = await fetch(`${choice.dataset.search}?${new URLSearchParams({ kind: "image", q: look.value })}`, { headers: { Accept: "application/json" } });
      if (!answer.ok || answer.redirected) { throw new Error(answer.status); }
      const { results, empty } = await answer.json();
      if (mine !== turn) { return; }
      const chosen = found.querySelector(":checked"), kept = chosen.closest("label"); // what was chosen stays chosen, and in sight
      const others = results.filter((each) => String(each.id) !== chosen.value).map(row);
      found.replaceChildren(none, ...(kept === none ? [] : [kept]), ...others);
      said.textContent = results.length ? `${results.length} found` : empty;
    } catch (error) {
      if (mine === turn) { said.textContent = error.message === "401" ? "You are signed out. Sign in in another tab, then search again." : "The desk did not answer. Try again."; }
    }
  }

  look.hidden = false;
  look.addEventListener("input", () => { clearTimeout(clock); clock = setTimeout(search, 150); });
  look.addEventListener("keydown", (event) => { if (event.key === "Enter") { event.preventDefault(); clearTimeout(clock); search(); } }); // not the form's
}
