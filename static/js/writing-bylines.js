/* The order of the names on a story: rows that move by drag, by their buttons, and by Alt with an arrow. The numbers
   that are sent without this file follow. In a long list some letters of a name find it; who is named stays in sight. */
(() => {
  "use strict";
  const rail = document.getElementById("rail");
  const lists = () => rail.querySelectorAll("[data-bylines]");
  const box = (row) => row.querySelector("[type=checkbox]"), named = (list) => [...list.children].filter((row) => box(row).checked);

  function button(label, sign, step) {
    const one = document.createElement("button");
    one.type = "button"; one.className = "btn mini bare icon"; one.dataset.step = step; one.setAttribute("aria-label", label); one.textContent = sign;
    return one;
  }
  function dress(list) {
    if (list.dataset.dressed) { return; }
    list.dataset.dressed = "yes";
    for (const row of list.children) {
      const name = row.querySelector(".choice span").textContent, acts = document.createElement("span");
      acts.className = "moves-name"; acts.append(button(`${name} further up`, "↑", -1), button(`${name} further down`, "↓", 1));
      row.append(acts);
    }
    number(list);
    if (list.children.length > 12) { list.before(finder(list)); }
  }
  function finder(list) {
    const field = document.createElement("input");
    field.type = "search"; field.className = "input"; field.placeholder = "Find a name"; field.autocomplete = "off"; field.setAttribute("aria-label", "Find a name for the byline");
    field.addEventListener("input", () => {
      const words = field.value.trim().toLowerCase();
      for (const row of list.children) { row.hidden = !box(row).checked && !row.textContent.toLowerCase().includes(words); }
    });
    // Enter would save the details; here it takes the one that is left.
    field.addEventListener("keydown", (event) => {
      if (event.key !== "Enter") { return; }
      event.preventDefault();
      const left = [...list.children].filter((row) => !row.hidden && !box(row).checked);
      if (left.length === 1) { box(left[0]).click(); field.value = ""; field.dispatchEvent(new Event("input")); field.focus(); }
    });
    return field;
  }
  // Who is named stands first, in order, with a number; the others behind, without.
  function number(list) {
    const rows = named(list);
    [...list.children].forEach((row) => {
      const place = rows.indexOf(row), acts = row.querySelector(".moves-name");
      row.querySelector("[type=number]").value = place < 0 ? "" : place + 1;
      row.draggable = place >= 0 && rows.length > 1; acts.hidden = !row.draggable;
      acts.children[0].disabled = place <= 0; acts.children[1].disabled = place === rows.length - 1;
    });
  }
  function move(row, step) {
    const list = row.parentNode, rows = named(list), to = rows[rows.indexOf(row) + step];
    if (!to) { return; }
    if (step < 0) { to.before(row); } else { to.after(row); }
    number(list);
  }
  rail.addEventListener("click", (event) => {
    const one = event.target.closest("[data-step]");
    if (!one) { return; }
    move(one.closest("li"), Number(one.dataset.step));
    (one.disabled ? one.parentNode.querySelector(":enabled") : one)?.focus();
  });
  rail.addEventListener("keydown", (event) => {
    const row = event.altKey && !event.shiftKey && event.target.closest("[data-bylines] > li"), step = { ArrowUp: -1, ArrowDown: 1 }[event.key];
    if (!row || !step || !box(row).checked) { return; }
    event.preventDefault();
    const held = document.activeElement;
    move(row, step);
    (held.disabled ? box(row) : held).focus();
  });
  rail.addEventListener("change", (event) => {
    const list = event.target.closest("[data-bylines]"), row = event.target.closest("li");
    if (!list || event.target.type !== "checkbox") { return; }
    const rows = named(list).filter((one) => one !== row);
    if (rows.length) { rows.at(-1).after(row); } else { list.prepend(row); }
    number(list);
    event.target.focus();
  });
  let dragged = null;
  rail.addEventListener("dragstart", (event) => { dragged = event.target.closest?.("[data-bylines] > li") || null; if (dragged) { event.dataTransfer.effectAllowed = "move"; event.dataTransfer.setData("text/plain", ""); } });
  rail.addEventListener("dragover", (event) => {
    const over = dragged && event.target.closest("[data-bylines] > li");
    if (!over || over.parentNode !== dragged.parentNode || !box(over).checked) { return; }
    event.preventDefault();
    const half = over.getBoundingClientRect();
    if (over !== dragged) { if (event.clientY < half.top + half.height / 2) { over.before(dragged); } else { over.after(dragged); } }
  });
  rail.addEventListener("dragend", () => { if (dragged) { number(dragged.parentNode); } dragged = null; });
  rail.addEventListener("drop", (event) => { if (dragged) { event.preventDefault(); } });
  const all = () => lists().forEach(dress);
  new MutationObserver(all).observe(rail.querySelector('[data-fragment="story"]'), { childList: true });
  all();
})();
