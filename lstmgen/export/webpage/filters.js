// Filters and draw: from logits to the next token, as lstmgen does it (kernels/draw.py says the rules).

const FAINTEST = -87; // exponent below which a token counts as impossible

/** Index of the highest logit that may be drawn, the first of equal ones; -1 if there is none. */
function bestOf(logits, V, banned) {
  let best = -1, highest = -Infinity;
  for (let i = 0; i < V; i++) {
    if (logits[i] > highest && !banned[i]) { best = i; highest = logits[i]; }
  }
  return best;
}

/**
 * Draw one token. how: temperature (0: the most likely), topK (0: off), topP (1: off), minP (0: off), in this order;
 * u in [0, 1); work: V numbers of scratch. Ties: lower index first. -1 when nothing can be drawn.
 */
function draw(logits, V, banned, how, u, work) {
  const best = bestOf(logits, V, banned);
  if (best < 0 || how.temperature === 0) return best;
  const peak = logits[best], scale = Math.min(1 / how.temperature, 1e300);
  const floor = how.minP > 0 ? Math.log(how.minP) : -Infinity;
  const cut = how.topP < 1 ? FAINTEST : Math.max(FAINTEST, floor); // top-p needs the mass that min-p will drop
  for (let i = 0; i < V; i++) {
    const x = (logits[i] - peak) * scale;
    work[i] = x >= cut && !banned[i] ? Math.exp(x) : 0;
  }
  if (how.topK > 0 && how.topK < V) keepFirst(logits, V, work, 0, how.topK, Infinity);
  if (how.topP < 1) {
    const whole = sumOf(work, V);
    keepFirst(logits, V, work, 0.5 * (1 - how.topP) * whole / V, V, how.topP * whole);
    if (floor > FAINTEST) {
      for (let i = 0; i < V; i++) if (!((logits[i] - peak) * scale >= floor)) work[i] = 0;
    }
  }
  return pick(V, work, u);
}

function sumOf(work, V) {
  let sum = 0;
  for (let i = 0; i < V; i++) sum += work[i];
  return sum;
}

/** Keep the first tokens, higher logit first: `count` of them, or until their weights reach `mass`, at least one.
 *  Those of less weight than `faint` are surely not needed. */
function keepFirst(logits, V, work, faint, count, mass) {
  const order = [];
  for (let i = 0; i < V; i++) if (work[i] > faint) order.push(i);
  order.sort((a, b) => logits[b] - logits[a] || a - b);
  let reached = 0, kept = 0;
  while (kept < order.length) {
    reached += work[order[kept++]];
    if (kept >= count || reached >= mass) break;
  }
  const among = order.slice(0, kept), weights = among.map(i => work[i]);
  work.fill(0, 0, V);
  among.forEach((i, k) => { work[i] = weights[k]; });
}

/** First index at which the running sum exceeds u times the whole; never one of weight 0. */
function pick(V, work, u) {
  const wanted = u * sumOf(work, V);
  let sum = 0, chosen = -1;
  for (let i = 0; i < V; i++) {
    if (work[i] > 0) {
      sum += work[i];
      chosen = i;
      if (sum > wanted) break;
    }
  }
  return chosen;
}
