// What may be drawn: never the unknown token; and as no document is empty, its first token is not its end.

class Drawer {
  constructor({tokens, unknown, end}) {
    Object.assign(this, {V: tokens.length, end, work: new Float64Array(tokens.length)});
    this.banned = new Uint8Array(this.V);
    if (unknown !== null) this.banned[unknown] = 1;
    this.bannedFirst = this.banned.slice();
    if (end !== null) this.bannedFirst[end] = 1;
    if (this.bannedFirst.every(Boolean)) this.bannedFirst = this.banned;
  }

  /** The next token of sample `index`, -1 where none can be; u in [0, 1). begins: whether it is the first of its
   *  document, which is drawn again, with a number of its own, where it would end it. how: the filters, and the seed. */
  next(logits, how, index, u, begins) {
    const token = draw(logits, this.V, this.banned, how, u, this.work);
    if (token !== this.end || !begins || !this.bannedFirst[token]) return token;
    return draw(logits, this.V, this.bannedFirst, how, uniformsOf(how.seed, index, 0, 1)(), this.work);
  }
}
