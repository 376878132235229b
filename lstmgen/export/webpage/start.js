// Everything together: the buttons, the ways to look, the keys.

const tabs = document.querySelectorAll("[data-look]");

function step(move) {
  move();
  showBook();
  showChoices();
  showGates();
  showButtons();
}

function look(name) {
  looks.name = name;
  for (const tab of tabs) tab.setAttribute("aria-pressed", String(tab.dataset.look === name));
  byId("surprise").hidden = name !== "surprise";
  byId("gates").hidden = name !== "gates";
  const at = sheet.scrollTop;
  showBook();
  sheet.scrollTop = at;
  showChoices();
  showGates();
}

function pick(place) {
  if (running) return;
  looks.place = place;
  markPlace();
  showChoices();
  showGates();
}

const KEYS = {ArrowRight: 1, ArrowLeft: -1, Home: -Infinity, End: Infinity};

function walk(event) {
  if (event.key === "Escape") pick(null);
  if (!spanned() || !(event.key in KEYS) || event.ctrlKey || event.metaKey || event.altKey) return;
  event.preventDefault();
  const last = book.pieces.length - 1, steps = KEYS[event.key];
  if (Number.isFinite(steps)) pick(movedPlace(steps));
  else if (last >= 0) pick(steps < 0 ? {piece: 0, at: 0} : {piece: last, at: book.pieces[last].ids.length - 1});
}

async function copy() {
  try {
    await navigator.clipboard.writeText(wholeText());
    say("Copied.");
  } catch {
    getSelection().selectAllChildren(sheet);
    say("The text is selected: copy it with the keyboard.");
  }
}

function save() {
  const address = URL.createObjectURL(new Blob([wholeText() + "\n"], {type: "text/plain;charset=utf-8"}));
  element("a", {href: address, download: "text.txt"}).click();
  setTimeout(() => URL.revokeObjectURL(address), 10_000);
}

function start() {
  tellWorker({do: "load", facts, weights: byId("weights").textContent});
  showAbout();
  startDials();
  startGates();
  byId("write").addEventListener("click", writeOrPause);
  byId("undo").addEventListener("click", () => step(goBack));
  byId("redo").addEventListener("click", () => step(goForth));
  byId("anew").addEventListener("click", () => { newSeed(); write(true); });
  byId("copy").addEventListener("click", copy);
  byId("save").addEventListener("click", save);
  byId("prompt").addEventListener("keydown", event => {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey) && !running) write();
  });
  for (const id of ["prompt", "seed"]) byId(id).addEventListener("input", showButtons);
  for (const tab of tabs) tab.addEventListener("click", () => look(tab.dataset.look));
  sheet.addEventListener("keydown", walk);
  sheet.addEventListener("click", ({target}) => {
    if (!spanned() || !target.dataset.at) return;
    const place = {piece: Number(target.dataset.piece), at: Number(target.dataset.at)};
    pick(looks.place?.piece === place.piece && looks.place.at === place.at ? null : place);
  });
  onChoice = choose;
  sheet.dataset.empty = "yes";
  byId("write").disabled = false;
  showButtons();
}

start();
