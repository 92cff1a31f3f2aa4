// Over http the page asks for `status.json` now and then, and loads itself anew when there is a newer one.

const EVERY = 3 * MINUTE;

function keepFresh(facts) {
  if (!location.protocol.startsWith("http")) return;
  const told = document.getElementById("fresh");
  let asked = Date.now();

  async function ask() {
    asked = Date.now();
    try {
      const answer = await fetch("status.json", { cache: "no-store" });
      if (!answer.ok) throw new Error(answer.status);
      const { generated } = await answer.json();
      told.textContent = "";
      if (Date.parse(generated) > Date.parse(facts.generated) && isAtRest()) reload();
    } catch {
      told.textContent = "cannot look for a newer page just now";
    }
  }

  setInterval(ask, EVERY);
  document.addEventListener("visibilitychange", () => {
    if (!document.hidden && Date.now() - asked > EVERY) ask();
  });
}

// Nobody is in the middle of a word.
function isAtRest() {
  return !(document.activeElement instanceof HTMLInputElement) || Date.now() - lastKey > MINUTE;
}

let lastKey = 0;

// The address keeps view and filters; the entry of the history keeps the place and the focus.
function reload() {
  history.replaceState({ top: scrollY, focus: document.activeElement?.id ?? "" }, "");
  location.reload();
}

function comeBack() {
  const state = history.state;
  if (!state || typeof state.top !== "number") return;
  history.replaceState(null, "");
  if (state.focus) document.getElementById(state.focus)?.focus({ preventScroll: true });
  scrollTo({ top: state.top, behavior: "instant" });
}
