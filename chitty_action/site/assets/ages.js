// Times as ages, and whether the page is stale. The server wrote absolute times; they stay in the titles.

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

function lasting(milliseconds) {
  if (milliseconds < HOUR) return `${Math.floor(milliseconds / MINUTE)} min`;
  if (milliseconds < 2 * DAY) return `${Math.floor(milliseconds / HOUR)} h`;
  return `${Math.floor(milliseconds / DAY)} d`;
}

function age(milliseconds) {
  if (Math.abs(milliseconds) < MINUTE) return "just now";
  return milliseconds < 0 ? `in ${lasting(-milliseconds)}` : `${lasting(milliseconds)} ago`;
}

// How long something has been as it is; the times that stand for that.
const SINCE = ".health time, .since";

function span(milliseconds) {
  return milliseconds < MINUTE ? "new" : `for ${lasting(milliseconds)}`;
}

function tellAges() {
  const now = Date.now();
  for (const time of document.getElementsByTagName("time")) {
    if (!time.title) {
      const text = time.textContent;
      if (!time.dateTime) time.dateTime = text.replace(" ", "T");
      time.title = text.replace("Z", " UTC");
    }
    const old = now - Date.parse(time.dateTime);
    const told = time.matches(SINCE) ? span(old) : age(old);
    if (time.textContent !== told) time.textContent = told;
  }
}

function tellStale(facts) {
  const old = Date.now() - Date.parse(facts.generated);
  const due = facts.staleAfter * 1000;
  const banner = document.getElementById("stale");
  const isStale = old > due;
  document.documentElement.classList.toggle("is-stale", isStale);
  if (isStale) {
    const told = `This page is stale: it was made ${lasting(old)} ago, and a new one was due after ${lasting(due)}. `
      + "What it shows may no longer be true.";
    if (banner.textContent !== told) banner.textContent = told;
  }
  banner.hidden = !isStale;
}
