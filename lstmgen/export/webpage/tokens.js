// Text to tokens and back, as lstmgen cuts it: characters, words and what is between them, or what spaces part.

const LINE_END = "\\r\\n|[\\n\\r\\v\\f\\x1c\\x1d\\x1e\\x85\\u2028\\u2029]";
const SPACE = "\\t\\x1f \\xa0\\u1680\\u2000-\\u200a\\u202f\\u205f\\u3000";
const RUN = `([${SPACE}])\\1*`; // white space of one kind
// Scripts written without spaces between words, and marks that belong to symbols.
const UNSPACED = "\\u{e00}-\\u{eff}\\u{1000}-\\u{109f}\\u{1780}-\\u{17ff}\\u{1950}-\\u{19ff}\\u{1a20}-\\u{1aaf}"
  + "\\u{1b00}-\\u{1b7f}\\u{20d0}-\\u{20ff}\\u{2e80}-\\u{312f}\\u{3190}-\\u{a4cf}\\u{a980}-\\u{a9ff}\\u{aa60}-\\u{aadf}"
  + "\\u{f900}-\\u{faff}\\u{fe00}-\\u{fe0f}\\u{ff66}-\\u{ff9f}\\u{16fe0}-\\u{1b2ff}\\u{20000}-\\u{3ffff}"
  + "\\u{e0100}-\\u{e01ef}";
const LETTER = `(?:(?![${UNSPACED}])[\\p{L}\\p{M}\\p{N}])`;
const INNER = "['’\\-‐‑\\u200c\\u200d]";
const AFTER = `(?<=[.,;:!?)]|${LETTER})`; // where a space is understood before a word
const JOINED = new RegExp(`${AFTER}(?=${LETTER})`, "uy"); // and there is none: the empty token says so
const WORD = new RegExp(`(?:${AFTER} )?${LETTER}+(?:${INNER}${LETTER}+)*|${LINE_END}|${RUN}|[^]\\p{M}*`, "uy");
const PIECE = new RegExp(`(?:(?<=[^\\n\\r\\v\\f\\x1c-\\x1e\\x85\\u2028\\u2029${SPACE}]) )?`
  + `[^\\n\\r\\v\\f\\x1c-\\x1e\\x85\\u2028\\u2029${SPACE}]+|${LINE_END}|${RUN}`, "uy");

const CUTS = {
  char: text => [...text],
  word: text => cutBy(WORD, text, JOINED),
  token: text => cutBy(PIECE, text, null),
};

/** The pieces that tile a text, each without the space that is understood before it. */
function cutBy(expression, text, joined) {
  const pieces = [];
  let at = 0;
  const matched = one => {
    one.lastIndex = at;
    return one.exec(text);
  };
  while (at < text.length) {
    if (joined && matched(joined)) pieces.push("");
    const [piece] = matched(expression);
    at += piece.length;
    pieces.push(piece.length > 1 && piece[0] === " " && piece[1] !== " " ? piece.slice(1) : piece);
  }
  return pieces;
}

class Vocabulary {
  constructor({tokens, spaces, level, unknown, end, lines}) {
    Object.assign(this, {tokens, spaces, level, unknown});
    this.silent = lines ? null : end; // a document's end is no text
    this.ids = new Map(tokens.map((token, k) => [token, k]));
    if (unknown !== null) this.ids.delete(tokens[unknown]);
  }

  takesSpace(id) { return (this.spaces.charCodeAt(id) & 1) > 0; }

  givesSpace(id) { return (this.spaces.charCodeAt(id) & 2) > 0; }

  /** Ids of a prompt, and what of it the model never saw: skipped, or read as unknown where it knows of that. */
  encode(text) {
    const ids = [], unseen = new Set();
    for (const token of this.withoutLastSpace(CUTS[this.level](text))) {
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
    const pieces = this.level === "char" ? text.match(/[^]\p{M}*/gu) : CUTS[this.level](text);
    let spelled = "", at = 0;
    for (const piece of pieces) {
      const begin = text.indexOf(piece, at); // at once, or after a space that is understood
      spelled += text.slice(at, begin) + this.knownForm(piece);
      at = begin + piece.length;
    }
    return spelled;
  }

  knownForm(piece) {
    const known = form => CUTS[this.level](form).every(token => this.ids.has(token));
    return [piece, piece.normalize("NFC"), piece.normalize("NFD")].find(known) ?? piece;
  }

  /** One space at the end is understood anyway before the word that is written next. */
  withoutLastSpace(pieces) {
    const [before, last] = pieces.slice(-2);
    return pieces.length > 1 && last === " " && this.spaceAfter(before) ? pieces.slice(0, -1) : pieces;
  }

  spaceAfter(token) {
    const last = [...token].at(-1) ?? "";
    if (this.level === "word") return new RegExp(`^(?:[.,;:!?)]|${LETTER})$`, "u").test(last);
    return this.level === "token" && last !== "" && !new RegExp(`^(?:${LINE_END}|[${SPACE}])$`, "u").test(last);
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
