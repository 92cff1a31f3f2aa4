// Links to the four views become tabs. Without this script they stay links to sections that follow one another.

function makeTabs(onShown) {
  const nav = document.getElementById("views");
  const list = nav.firstElementChild;
  const tabs = [...list.querySelectorAll("a")];
  const views = tabs.map((tab) => document.getElementById(tab.hash.slice(1)));
  document.documentElement.classList.add("tabbed");
  list.setAttribute("role", "tablist");
  list.setAttribute("aria-label", "Views");
  nav.setAttribute("role", "presentation");
  nav.removeAttribute("aria-label");
  tabs.forEach((tab, place) => {
    tab.setAttribute("role", "tab");
    tab.setAttribute("aria-controls", views[place].id);
    views[place].setAttribute("role", "tabpanel");
    views[place].setAttribute("aria-labelledby", tab.id);
  });

  function show(shown) {
    tabs.forEach((tab, place) => {
      tab.setAttribute("aria-selected", String(place === shown));
      tab.tabIndex = place === shown ? 0 : -1;
      views[place].hidden = place !== shown;
    });
    onShown(views[shown].id);
  }

  // Puts the tabs, which are the heading of their view, at the top of the window, and the view right below them.
  function scrollToTop(view) {
    scrollTo(0, view.getBoundingClientRect().top + scrollY - nav.offsetHeight);
  }

  // Shows what the address names: a view, from its top; or an element, with the view or the details that hold it.
  function follow() {
    const { id } = readAddress();
    const target = document.getElementById(id);
    const shown = views.findIndex((view) => view.contains(target));
    if (shown >= 0) show(shown);
    else if (views.every((view) => !view.hidden)) show(0);
    const details = target?.closest("details");
    if (details && !details.open) {
      details.open = true;
      target.scrollIntoView();
    }
    if (shown >= 0 && target === views[shown]) scrollToTop(target);
    if (shown >= 0 && target !== views[shown]) {
      target.scrollIntoView({ block: "center" });
      target.focus({ preventScroll: true });
    }
  }

  // A browser that follows a link to a section takes the focus away from the tab; so the tab does not let it.
  function open(place) {
    history.pushState(null, "", tabs[place].hash);
    const isStuck = nav.getBoundingClientRect().top <= 0;
    show(place);
    tabs[place].focus({ preventScroll: true });
    if (isStuck) scrollToTop(views[place]);
  }

  tabs.forEach((tab, place) => tab.addEventListener("click", (event) => {
    if (event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    open(place);
  }));
  list.addEventListener("keydown", (event) => {
    const place = tabs.indexOf(document.activeElement);
    const last = tabs.length - 1;
    const to = {
      ArrowRight: place === last ? 0 : place + 1,
      ArrowLeft: place === 0 ? last : place - 1,
      Home: 0,
      End: last,
      " ": place,
    }[event.key];
    if (to === undefined) return;
    event.preventDefault();
    open(to);
  });
  window.addEventListener("hashchange", follow);
  follow();
}
