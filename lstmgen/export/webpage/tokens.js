// Text to tokens and back, as lstmgen cuts it: facts.cut has the expressions that do it, null for characters.

/** The pieces that tile a text, each without the space that is understood before it. */
function cut(text) {
  if (facts.cut === null) return [...text];
  const joined = new RegExp(facts.cut.joined, "uy"), pieces = [];
  for (const {0: piece, index} of text.matchAll(new RegExp(facts.cut.piece, "gu"))) {
    joined.lastIndex = index;
    if (joined.test(text)) pieces.push(""); // no space, where one is understood
    pieces.push(piece.replace(/^ (?=[^ ])/, ""));
  }
  return pieces;
}

/** One space at the end is understood anyway before the word that is written next. */
const withoutLastSpace = text => facts.cut === null ? text : text.replace(new RegExp(facts.cut.last_space, "u"), "");

class Vocabulary {
  constructor({tokens, spaces, unknown, end, lines}) {
    Object.assign(this, {tokens, spaces, unknown});
    this.silent = lines ? null : end; // a document's end is no text
    this.ids = new Map(tokens.map((token, k) => [token, k]));
    if (unknown !== null) this.ids.delete(tokens[unknown]);
  }

  takesSpace(id) { return (this.spaces.charCodeAt(id) & 1) > 0; }

  givesSpace(id) { return (this.spaces.charCodeAt(id) & 2) > 0; }

  /** Ids of a prompt, and what of it the model never saw: skipped, or read as unknown where it knows of that. */
  encode(text) {
    const ids = [], unseen = new Set();
    for (const token of cut(withoutLastSpace(text))) {
      const id = this.ids.get(token) ?? this.unknown;
      if (id !== null) ids.push(id);
      if (id === null || id === this.unknown) unseen.add(token);
    }
    return {ids, unseen: [...unseen]};
  }

  /** A text spelled as the training text was: its line ends, and characters composed or decomposed as it had them. */
  asLearned(given) {
    const text = this.tokens.some(token => token.includes("\r")) ? given : given.replace(/\r\n?/g, "\n");
    if (text.normalize("NFC") === text && text.normalize("NFD") === text) return text;
    const pieces = facts.cut === null ? text.match(/[^]\p{M}*/gu) : cut(text);
    let spelled = "", at = 0;
    for (const piece of pieces) {
      const begin = text.indexOf(piece, at); // at once, or after a space that is understood
      spelled += text.slice(at, begin) + this.knownForm(piece);
      at = begin + piece.length;
    }
    return spelled;
  }

  knownForm(piece) {
    const known = form => cut(form).every(token => this.ids.has(token));
    return [piece, piece.normalize("NFC"), piece.normalize("NFD")].find(known) ?? piece;
  }

  /** The text of a token after another (null: the first), with the space understood between them. */
  textOf(id, before) {
    const spaced = before !== null && this.givesSpace(before) && this.takesSpace(id);
    return (spaced ? " " : "") + (id === this.silent ? "" : this.tokens[id]);
  }

  textsOf(ids) { return ids.map((id, k) => this.textOf(id, k ? ids[k - 1] : null)); }

  /** A token by itself: what is not seen by its sign. */
  label(id) {
    if (id === this.silent) return "end of the text";
    const token = this.tokens[id];
    return SIGNS[token] ?? (/^ +$/.test(token) ? "␣".repeat(token.length) : token);
  }
}

const SIGNS = {"": "⁀ joined", "\n": "↵ line end", "\r\n": "↵ line end", "\t": "→ tab"};
