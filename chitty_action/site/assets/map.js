// What the pointer or the focus is on in the route map, said in a line below it.

function makeMap() {
  const hint = document.getElementById("hint");
  if (!hint) return;
  const tell = (event) => {
    const spot = event.target.closest?.(".map a, .spots > g, .workers > text");
    const title = spot?.querySelector("title")?.textContent ?? "";
    hint.textContent = title;
    hint.hidden = !title;
  };
  const routes = document.getElementById("routes");
  routes.addEventListener("pointerover", tell);
  routes.addEventListener("focusin", tell);
}
