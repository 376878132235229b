// Everything is built once, and shown again whenever the place changes.

function showTheme() {
  if (here.theme === null) delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = here.theme;
}

function takesArrows(element) {
  return element.closest("input, select, textarea, .scroll") !== null;
}

function start() {
  byId("model").textContent = DATA.model;
  byId("about").textContent = DATA.about.join(" · ");
  for (const build of [buildBar, buildPlay, buildPlaces, buildText, buildWiring, buildOverview, buildCloseup, buildTables]) build();
  watchers.push(showTheme, showBar, showPlay, showPlaces, showText, showPicked, showWiring, showEquations, showNumbers,
    showOverview, showCloseup, showTables);
  addEventListener("hashchange", () => moveTo(readFragment(location.hash)));
  addEventListener("keydown", (event) => {
    const steps = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    if (!steps || event.altKey || event.ctrlKey || event.metaKey || takesArrows(event.target)) return;
    event.preventDefault();
    moveBy(steps);
  });
  darkSystem.addEventListener("change", tellAll);
  const { position, layer, gate, unit } = DATA.places[0] ?? here;
  moveTo({ position, layer, gate, unit, ...readFragment(location.hash) });
}

start();
