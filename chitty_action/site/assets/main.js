// Everything begins here.

const facts = JSON.parse(document.getElementById("facts").textContent);
const tables = new Map();
for (const view of document.querySelectorAll(".view")) tables.set(view.id, makeTable(view));
for (const link of document.querySelectorAll("[data-filter]")) link.hash = `#health?class=${link.dataset.filter}`;
document.addEventListener("input", () => { lastKey = Date.now(); });

function tick() {
  tellAges();
  tellStale(facts);
}

// Ages come first: tables are sorted by what they leave, and their texts decide how high the page is.
tick();
setInterval(tick, MINUTE);
makeTabs((id) => tables.get(id)?.());
makeMap();
comeBack();
keepFresh(facts);
