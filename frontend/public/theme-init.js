// Runs before first paint, so that a dark screen never flashes white. The key is the one MantineProvider uses.
(() => {
  let stored = null;
  try {
    stored = window.localStorage.getItem("marquee-color-scheme");
  } catch {
    // Storage can be blocked; the system preference decides then.
  }
  const dark =
    stored === "dark" ||
    (stored !== "light" && window.matchMedia("(prefers-color-scheme: dark)").matches);
  document.documentElement.setAttribute("data-mantine-color-scheme", dark ? "dark" : "light");
})();
