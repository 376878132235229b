// Everything together: the buttons, the keys, and the worker's answers.

let running = null; // {begun, left}: what is being written

const say = text => { byId("status").textContent = text; };

function showButtons() {
  const any = book.pieces.length > 0;
  byId("write").textContent = running ? "Pause" : any && book.begun === beginning() ? goOnWord() : "Write";
  for (const [id, off] of [["undo", !book.past.length], ["redo", !book.future.length], ["anew", false], ["copy", !any], ["save", !any]]) {
    byId(id).disabled = off || (running !== null && id !== "copy" && id !== "save");
  }
}

const goOnWord = () => facts.lines ? "More lines" : manyPieces && ended(book.pieces.at(-1)) ? "Another" : "Go on";
const beginning = () => JSON.stringify([byId("prompt").value, byId("seed").value.trim()]);

/** Write, from the beginning where prompt or seed are new; afresh: whatever there is. */
function write(afresh = false) {
  const asked = settings();
  if (!asked) { say("A dial holds what it cannot: it is marked."); return; }
  const begin = readPrompt(byId("prompt").value);
  keep();
  if (afresh || !book.pieces.length || book.begun !== beginning()) {
    book.pieces = [];
    looks.place = null;
    book.begun = beginning();
    sheet.scrollTop = 0;
  }
  showBook();
  tellUnseen(begin.unseen);
  running = {...asked, begin, left: asked.lines};
  writePiece();
}

function tellUnseen(unseen) {
  const shown = unseen.slice(0, 8).map(token => `“${token.slice(0, 20)}”`).join(" ");
  const what = facts.unknown === null ? "left out" : "read as an unknown word";
  say(unseen.length ? `The model never saw ${shown}${unseen.length > 8 ? " and more" : ""}: ${what}.` : "");
}

/** Go on with the last piece, or begin the next. */
function writePiece() {
  const {how, length, begin} = running;
  let k = book.pieces.length - 1, piece = book.pieces[k];
  if (!piece || ended(piece) || (facts.lines && piece.cut)) {
    piece = beginPiece(k + 1, begin);
    startShown(++k);
    addShown(k, 0);
  }
  const unread = piece.bits.length ? 0 : piece.prompt;
  tellWorker({do: "write", ids: piece.ids, prompt: piece.prompt, unread, index: piece.index, how, length}, take);
  showButtons();
}

/** Some more of what is being written. */
function take(told) {
  const k = book.pieces.length - 1, piece = book.pieces[k], from = piece.ids.length, follow = atBottom();
  piece.bits.push(...told.promptBits);
  if (told.promptBits.length) warmPrompt(k);
  piece.ids.push(...told.ids);
  piece.bits.push(...told.bits);
  addShown(k, from);
  if (follow) sheet.scrollTop = sheet.scrollHeight;
  if (told.done) finishPiece(piece, told);
  showGates();
}

function finishPiece(piece, told) {
  piece.cut = !told.ended && !running.paused;
  running.left -= 1;
  if (told.failed) say("The weights give no usable numbers: this page was damaged.");
  if (!told.failed && !running.paused && running.left > 0) { writePiece(); return; }
  running = null;
  if (!byId("status").textContent) say(`${counted(countOf(), facts.lines ? "line" : facts.noun)}.`);
  showButtons();
}

/** Lines, or the tokens of all pieces. */
const countOf = () => facts.lines ? book.pieces.length : book.pieces.reduce((sum, piece) => sum + piece.ids.length, 0);

function writeOrPause() {
  if (!running) { write(); return; }
  running.paused = true;
  tellWorker({do: "pause"});
}

function step(move) {
  move();
  showBook();
  showChoices();
  showGates();
  showButtons();
}

/** Put another token in a place of the text, drop what came after it in its piece, and go on from there. */
function choose(place, id, share) {
  const asked = settings();
  if (running || !asked) return;
  keep();
  const piece = book.pieces[place.piece];
  book.pieces.length = place.piece + 1;
  Object.assign(piece, cutAt(piece, place.at, id, -Math.log2(share)));
  looks.place = null;
  showBook();
  showChoices();
  running = {...asked, begin: readPrompt(byId("prompt").value), left: 1};
  if (ended(piece)) finishPiece(piece, {ended: true});
  else { piece.cut = false; writePiece(); }
}

/** A piece up to a place and with another token there; a prompt that is cut keeps what of it was read. */
function cutAt({ids, bits, prompt, promptText}, at, id, surprise) {
  const left = Math.min(prompt, at), text = left < prompt ? vocabulary.textsOf(ids.slice(0, left)).join("") : promptText;
  return {ids: [...ids.slice(0, at), id], bits: [...bits.slice(0, at), surprise], prompt: left, promptText: text};
}

function look(name) {
  looks.name = name;
  for (const tab of document.querySelectorAll("[data-look]")) tab.setAttribute("aria-pressed", String(tab.dataset.look === name));
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

/** What the network is, how well it does, and what the reader should know. */
function about() {
  const {sizes, kind, parameters, noun, weights, loss} = facts, rounded = weights !== "float32";
  const bits = value => `${value.toFixed(3)} bits a character`, before = `before its weights were rounded to ${weights}`;
  return [
    `${kind}, ${sizes.layers} × ${sizes.units} units, ${counted(parameters, "number")}, ${counted(sizes.vocabulary, noun)}.`,
    loss && `Text it had not seen takes ${bits(loss.rounded)}${rounded ? ` (${loss.exact.toFixed(3)} ${before})` : ""}.`,
    !loss && rounded && `Its weights are rounded to ${weights}.`,
    rounded && "Rounded weights may write other text than lstmgen sample.",
    facts.lines ? "It does not know its training text: a line may be one of those."
      : "What it writes may repeat its training text.",
    "Everything is in this file; nothing is fetched. Made with lstmgen.",
  ].filter(Boolean).join(" ");
}

function start() {
  tellWorker({do: "load", facts, weights: byId("weights").textContent});
  byId("title").textContent = facts.title;
  for (const [id, text] of [["author", facts.author && `by ${facts.author}`], ["note", facts.note]]) {
    byId(id).textContent = text;
    byId(id).hidden = !text;
  }
  byId("about").textContent = about();
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
  for (const tab of document.querySelectorAll("[data-look]")) tab.addEventListener("click", () => look(tab.dataset.look));
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
