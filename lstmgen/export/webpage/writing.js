// Writing: the worker is asked for more, and what it answers is added to the book and to the sheet.

const LONG = 2000, READING = "Reading the beginning …"; // tokens of a prompt that takes a while
let running = null; // the settings, the beginning and how many pieces are left of what is being written

const say = text => { byId("status").textContent = text; };

function showButtons() {
  const any = book.pieces.length > 0;
  byId("write").textContent = running ? "Pause" : any && book.begun === beginning() ? goOnWord() : "Write";
  const changes = {undo: book.past.length > 0, redo: book.future.length > 0, anew: any};
  for (const [id, can] of Object.entries(changes)) byId(id).disabled = !can || running !== null;
  for (const id of ["copy", "save"]) byId(id).disabled = !any;
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
  const shown = unseen.slice(0, 8).map(token => `“${token.slice(0, 20)}”`), more = unseen.length > 8 ? " and more" : "";
  const what = facts.unknown === null ? "left out" : "read as an unknown word";
  say(unseen.length ? `The model never saw ${shown.join(" ")}${more}: ${what}.` : "");
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
  const unread = piece.prompt > 0 && !piece.bits.length;
  if (unread && piece.prompt > LONG && !byId("status").textContent) say(READING);
  tellWorker({do: "write", ids: piece.ids, prompt: piece.prompt, unread, index: piece.index, how, length}, take);
  showButtons();
}

/** Some more of what is being written. */
function take(told) {
  const k = book.pieces.length - 1, piece = book.pieces[k], from = piece.ids.length, follow = atBottom();
  if (byId("status").textContent === READING) say("");
  for (const bits of told.promptBits) piece.bits.push(bits);
  if (told.promptBits.length) warmPrompt(k);
  piece.ids.push(...told.ids);
  piece.bits.push(...told.bits);
  addShown(k, from);
  if (told.done) finishPiece(piece, told);
  if (follow) sheet.scrollTop = sheet.scrollHeight;
  showGates();
}

function finishPiece(piece, told) {
  piece.cut = !told.ended && !running.paused;
  running.left -= 1;
  if (told.failed) say("The weights give no usable numbers: this page was damaged.");
  if (!told.failed && !running.paused && running.left > 0) { writePiece(); return; }
  running = null;
  if (!byId("status").textContent) say(howMuch());
  showButtons();
}

const howMuch = () => facts.lines ? `${counted(book.pieces.length, "line")}.`
  : `${counted([...wholeText()].length, "character")}.`;

function writeOrPause() {
  if (!running) { write(); return; }
  running.paused = true;
  tellWorker({do: "pause"});
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
  const left = Math.min(prompt, at);
  const text = left < prompt ? vocabulary.textsOf(ids.slice(0, left)).join("") : promptText;
  return {ids: [...ids.slice(0, at), id], bits: [...bits.slice(0, at), surprise], prompt: left, promptText: text};
}
