// What a page lists is walked through by j and k, one link [data-stop] after the other; Enter opens it. In the calendar the
// arrows do so too: up and down through a day, left and right to the nearest day that has something.
// They are looked up at each press: the board draws itself anew.
{
  const off = document.body.dataset.singleKeys === "off";
  const typing = (target) => target.isContentEditable || target.matches?.("input, textarea, select");
  const stops = (within) => [...within.querySelectorAll("[data-stop]")].filter((one) => one.getClientRects().length > 0);

  const walk = (list, by) => {
    const at = list.indexOf(document.activeElement);
    return list[at < 0 ? 0 : at + by];
  };

  const dayBeside = (day, by) => {
    const days = [...day.parentElement.children];
    for (let at = days.indexOf(day) + by; days[at]; at += by) {
      const [first] = stops(days[at]);
      if (first) return first;
    }
    return null;
  };

  document.addEventListener("keydown", (event) => {
    if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || event.shiftKey || event.isComposing) return;
    if (typing(event.target) || document.querySelector("dialog:modal")) return;
    const day = event.target.closest(".day");
    let to = null;
    if (day && event.key === "ArrowDown") to = walk(stops(day), 1);
    else if (day && event.key === "ArrowUp") to = walk(stops(day), -1);
    else if (day && event.key === "ArrowRight") to = dayBeside(day, 1);
    else if (day && event.key === "ArrowLeft") to = dayBeside(day, -1);
    else if (!off && event.key.toLowerCase() === "j") to = walk(stops(document), 1);
    else if (!off && event.key.toLowerCase() === "k") to = walk(stops(document), -1);
    if (!to) return;
    event.preventDefault();
    to.focus();
  });
}
