// Filters and sorting of one view's table. What is chosen stands in the address.

const WORST_FIRST = ["down", "missing", "degraded", "blocked", "redirected", "other", "healthy", "unprobeable", "skipped"];

const COLLATOR = new Intl.Collator("en", { numeric: true });

function makeTable(view) {
  const table = view.querySelector("table.rows");
  const tools = view.querySelector(".tools");
  if (!table || !tools) return null;
  const body = table.tBodies[0];
  const rows = [...body.rows].map((row, place) => ({ row, place, classes: row.dataset.c.split(" "), text: textOf(row) }));
  const input = tools.querySelector("input");
  const select = tools.querySelector("select");
  const chips = [...tools.querySelectorAll(".chip")];
  const nothing = view.querySelector(".nothing");
  const more = view.querySelector(".more");
  const most = Number(table.dataset.most);
  const heads = [...table.tHead.rows[0].cells];
  const columns = heads.filter((head) => head.dataset.sort);
  let wanted = { classes: [], text: "", sort: "", all: "" };
  let arranged = "";
  let order = rows;

  columns.forEach((head) => {
    const [name] = head.childNodes;
    head.dataset.name = name.textContent.trim().toLowerCase().replaceAll(" ", "-");
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = name.textContent.trim();
    button.addEventListener("click", () => change({ sort: following(wanted.sort, head.dataset.name) }));
    name.replaceWith(button);
  });
  select.append(new Option("the page's order", ""));
  for (const head of columns) {
    const told = head.querySelector("button").textContent;
    select.append(new Option(`${told} ↑`, head.dataset.name), new Option(`${told} ↓`, `-${head.dataset.name}`));
  }

  function change(part) {
    wanted = { ...wanted, ...part };
    const query = new URLSearchParams();
    if (wanted.classes.length) query.set("class", wanted.classes.join(","));
    if (wanted.text) query.set("text", wanted.text);
    if (wanted.sort) query.set("sort", wanted.sort);
    if (wanted.all) query.set("all", wanted.all);
    writeAddress(view.id, query);
    show();
  }

  // Of a long table the first rows are shown, unless somebody wants all, or some that are like something.
  function show() {
    if (wanted.sort !== arranged) arrange();
    const words = wanted.text.toLowerCase().split(/\s+/).filter(Boolean);
    const room = wanted.all || words.length || wanted.classes.length ? Infinity : most;
    let count = 0;
    for (const one of order) {
      const isWanted = (!wanted.classes.length || wanted.classes.some((name) => one.classes.includes(name)))
        && words.every((word) => one.text.includes(word)) && count < room;
      if (one.row.hidden === isWanted) one.row.hidden = !isWanted;
      count += isWanted;
    }
    chips.forEach((chip) => chip.setAttribute("aria-pressed", String(wanted.classes.includes(chip.dataset.c))));
    if (input.value !== wanted.text) input.value = wanted.text;
    select.value = wanted.sort;
    tools.querySelector("output").textContent = `${count.toLocaleString("en")} of ${rows.length.toLocaleString("en")}`;
    table.hidden = !count;
    nothing.hidden = count > 0;
    more.hidden = room === Infinity || count === rows.length;
  }

  // Puts the rows in order; what is unknown comes last in either direction.
  function arrange() {
    arranged = wanted.sort;
    const head = columns.find((one) => one.dataset.name === wanted.sort.replace(/^-/, ""));
    columns.forEach((other) => other.removeAttribute("aria-sort"));
    const descending = wanted.sort.startsWith("-");
    if (head) head.setAttribute("aria-sort", descending ? "descending" : "ascending");
    const key = head ? keyOf(head, heads.indexOf(head)) : (one) => one.place;
    const keyed = rows.map((one) => [key(one), one]);
    keyed.sort(([a, one], [b, other]) => compared(a, b, head && descending) || one.place - other.place);
    order = keyed.map(([, one]) => one);
    body.append(...order.map((one) => one.row));
  }

  input.addEventListener("input", () => change({ text: input.value }));
  select.addEventListener("change", () => change({ sort: select.value }));
  for (const chip of chips) {
    chip.addEventListener("click", () => {
      const name = chip.dataset.c;
      const others = wanted.classes.filter((other) => other !== name);
      change({ classes: others.length < wanted.classes.length ? others : [...others, name] });
    });
  }
  nothing.querySelector("button").addEventListener("click", () => change({ classes: [], text: "" }));
  more.querySelector("button").addEventListener("click", () => {
    change({ all: "1" });
    const { row } = order[most];
    row.tabIndex = -1;
    row.focus({ preventScroll: true });
  });
  tools.hidden = false;

  // Reads the address, as far as it is about this view, or comes back to what was chosen before.
  return function follow() {
    const { id, query } = readAddress();
    if (id === view.id && query.size) {
      const classes = (query.get("class") ?? "").split(",").filter(Boolean);
      const sort = query.get("sort") ?? "";
      const isColumn = [...select.options].some((option) => option.value === sort);
      wanted = { classes, text: query.get("text") ?? "", sort: isColumn ? sort : "", all: query.get("all") ? "1" : "" };
      show();
    } else if (id === view.id && Object.values(wanted).some((part) => part.length)) {
      change({});
    } else {
      show();
    }
  };
}

// What people filter by: everything but the latency, whose drawing is told in numbers.
function textOf(row) {
  const cells = [...row.cells].filter((cell) => !cell.querySelector("title"));
  return cells.map((cell) => cell.textContent).join(" ").toLowerCase();
}

// The number itself, without what stands in an element beside it.
function ownText(cell) {
  return [...cell.childNodes].find((node) => node.nodeType === Node.TEXT_NODE)?.data ?? "";
}

function following(sort, name) {
  if (sort === name) return `-${name}`;
  return sort === `-${name}` ? "" : name;
}

function keyOf(head, place) {
  const cell = (one) => one.row.cells[place];
  switch (head.dataset.sort) {
    case "number":
      return (one) => parseFloat((cell(one).dataset.v ?? ownText(cell(one))).replaceAll(",", ""));
    case "time":
      return (one) => Date.parse(cell(one).querySelector("time")?.dateTime);
    case "class":
      return (one) => WORST_FIRST.indexOf(one.classes[0]);
    default:
      return (one) => cell(one).textContent.toLowerCase();
  }
}

function compared(a, b, descending) {
  const lost = Number.isNaN(a) - Number.isNaN(b);
  if (lost) return lost;
  const order = typeof a === "string" ? COLLATOR.compare(a, b) : a - b;
  return (descending ? -order : order) || 0;
}
