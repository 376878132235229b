// Walking through the text by itself: a button, or the space bar where nothing else takes it.

const PACE = 450; // milliseconds a token
let playing = null;

function buildPlay() {
  byId("play").addEventListener("click", togglePlay);
  addEventListener("keydown", (event) => {
    if (event.key !== " " || event.altKey || event.ctrlKey || event.metaKey || takesSpace(event.target)) return;
    event.preventDefault();
    togglePlay();
  });
}

function takesSpace(element) {
  return element.closest("button, select, textarea, summary, a, .scroll") !== null;
}

function togglePlay() {
  if (playing !== null) return stopPlay();
  if (here.position === COUNT - 1) moveTo({ position: 0 });
  playing = setInterval(() => { moveBy(1); if (here.position === COUNT - 1) stopPlay(); }, PACE);
  showPlay();
}

function stopPlay() {
  clearInterval(playing);
  playing = null;
  showPlay();
}

function showPlay() {
  byId("play").textContent = playing === null ? "▶ Play" : "❚❚ Pause";
  byId("play").setAttribute("aria-label", playing === null ? "Play: walk through the text" : "Pause");
  byId("where").setAttribute("aria-live", playing === null ? "polite" : "off");
}
