// The theme: automatic, light or dark. Remembered where the browser lets a page remember something.
"use strict";
{
  const next = { auto: "light", light: "dark", dark: "auto" };
  let theme = "auto";
  try {
    theme = localStorage.getItem("chitty-theme");
  } catch {
    // A page from a file may have no storage; then the choice lasts as long as the page.
  }
  apply(Object.hasOwn(next, theme) ? theme : "auto");

  function apply(chosen) {
    theme = chosen;
    document.documentElement.dataset.theme = theme;
    const button = document.getElementById("theme");
    if (button) button.textContent = `Theme: ${theme}`;
  }

  document.addEventListener("DOMContentLoaded", () => {
    const button = document.getElementById("theme");
    button.hidden = false;
    apply(theme);
    button.addEventListener("click", () => {
      apply(next[theme]);
      try {
        localStorage.setItem("chitty-theme", theme);
      } catch {
        // as above
      }
    });
  });
}
