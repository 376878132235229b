// What is written: pieces (samples), each {index, ids, bits, prompt, promptText}, of which only the last may be
// growing; and all that was before, to go back to.

const vocabulary = new Vocabulary(facts);
const manyPieces = facts.end !== null; // lines and documents end; other texts go on

const book = {pieces: [], begun: "", past: [], future: []}; // begun: prompt and seed of what is there

const ended = piece => facts.end !== null && piece.ids.length > piece.prompt && piece.ids.at(-1) === facts.end;

const copied = () => ({
  pieces: book.pieces.map(piece => ({...piece, ids: [...piece.ids], bits: [...piece.bits]})), begun: book.begun,
});

/** Keep what there is, before it is changed. */
function keep() {
  book.past.push(copied());
  if (book.past.length > 200) book.past.shift();
  book.future = [];
}

function goBack() {
  book.future.push(copied());
  Object.assign(book, book.past.pop());
}

function goForth() {
  book.past.push(copied());
  Object.assign(book, book.future.pop());
}

/** A piece that begins with the prompt; nothing of it is drawn yet. */
function beginPiece(index, begin) {
  const piece = {index, ids: [...begin.ids], bits: [], prompt: begin.ids.length, promptText: begin.text};
  book.pieces.push(piece);
  return piece;
}

/** The texts of a piece's tokens; of the prompt one text for all, as it was given. */
function textOfPiece({ids, prompt, promptText}) {
  const texts = vocabulary.textsOf(ids).slice(prompt).join("");
  return facts.lines ? (promptText + texts).replace(/\n$/, "") : promptText + texts;
}

const wholeText = () => book.pieces.map(textOfPiece).join(facts.lines ? "\n" : "\n\n");

/** What the prompt's field says, as the model reads it. */
function readPrompt(given) {
  const text = vocabulary.asLearned(given), {ids, unseen} = vocabulary.encode(text);
  const understood = withoutLastSpace(text) !== text;
  const shown = unseen.length && facts.unknown === null ? vocabulary.textsOf(ids).join("") : text;
  return {ids, unseen, text: understood ? shown.replace(/ $/, "") : shown};
}
