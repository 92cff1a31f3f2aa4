// Everything begins here.

const facts = JSON.parse(document.getElementById("facts").textContent);
const tables = new Map();
for (const view of document.querySelectorAll(".view")) tables.set(view.id, makeTable(view));
for (const link of document.querySelectorAll("[data-filter]")) link.hash = `#health?class=${link.dataset.filter}`;
document.addEventListener("input", () => { lastKey = Date.now(); });

makeTabs((id) => tables.get(id)?.());
makeMap();
comeBack();
keepFresh(facts);

function tick() {
  tellAges();
  tellStale(facts);
}

tick();
setInterval(tick, MINUTE);
