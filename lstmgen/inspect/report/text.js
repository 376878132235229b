// The text: every token an element, coloured by its surprise.

let tokens = [];

function buildText() {
  tokens = DATA.tokens.map((kind, at) => {
    const label = `${quoted(DATA.kinds[kind].label)}, ${bitsWords(ofBits(at))}`;
    return make("span", { role: "option", tabindex: "-1", "data-at": at, "aria-label": label }, DATA.kinds[kind].text);
  });
  byId("text").append(...tokens.flatMap((token, at) => (DATA.spaced[at] ? [" ", token] : [token])));
  byId("text").addEventListener("click", (event) => {
    const at = event.target.closest("[data-at]")?.dataset.at;
    if (at !== undefined) moveTo({ position: Number(at) });
  });
  byId("text").addEventListener("keydown", moveInText);
  showTips(byId("text"), (event) => {
    const at = event.target.closest?.("[data-at]")?.dataset.at;
    return at === undefined ? null : tipWords(Number(at));
  });
}

function tipWords(at) {
  const hoped = expectedAt(at).slice(0, 3).map(({ label, share }) => `${quoted(label)} ${percent(share)}`);
  return [`${quoted(labelAt(at))}  ${bitsWords(ofBits(at))}`, `expected: ${hoped.join(", ")}`];
}

function moveInText(event) {
  const moves = { ArrowUp: () => onLine(-1), ArrowDown: () => onLine(1), Home: () => 0, End: () => COUNT - 1 };
  const move = moves[event.key];
  if (!move || event.altKey || event.ctrlKey || event.metaKey) return;
  event.preventDefault();
  moveTo({ position: move() });
}

// The token above or below the one in hand: of the next line, the nearest.
function onLine(way) {
  const from = tokens[here.position].getBoundingClientRect();
  let best = here.position, line = null, nearest = Infinity;
  for (let at = here.position + way; at >= 0 && at < COUNT; at += way) {
    const box = tokens[at].getBoundingClientRect();
    const beyond = way > 0 ? box.top >= from.bottom - 2 : box.bottom <= from.top + 2;
    if (!beyond) continue;
    line ??= box.top;
    if (Math.abs(box.top - line) > from.height / 2) break;
    if (Math.abs(box.left - from.left) < nearest) [nearest, best] = [Math.abs(box.left - from.left), at];
  }
  return best;
}

let paintedDark = null, marked = null;

function showText() {
  if (paintedDark !== isDark()) paintText();
  if (marked) setAll(marked, { "aria-selected": "false", tabindex: "-1" });
  const inText = byId("text").contains(document.activeElement);
  marked = setAll(tokens[here.position], { "aria-selected": "true", tabindex: "0" });
  if (inText) marked.focus({ preventScroll: true });
  scrollWithin(byId("text"), marked);
}

function paintText() {
  paintedDark = isDark();
  tokens.forEach((token, at) => {
    const colour = between(surpriseScale(), ofBits(at) / MOST_BITS);
    token.style.background = ofBits(at) < 0.05 ? "" : css(colour);
    token.style.color = ofBits(at) < 0.05 ? "" : inkOn(colour);
  });
  const strip = steps(24, (share) => between(surpriseScale(), share));
  byId("surprise-scale").replaceChildren(...makeScale("0 bits, expected", strip, `${MOST_BITS} bits or more`));
}

// Of the text's own window only; the page stays where it is.
function scrollWithin(box, element) {
  const outer = box.getBoundingClientRect(), inner = element.getBoundingClientRect();
  if (inner.top < outer.top + 8) box.scrollTop -= outer.top + 40 - inner.top;
  if (inner.bottom > outer.bottom - 8) box.scrollTop += inner.bottom - outer.bottom + 40;
}

function showTips(box, wordsFor) {
  const tip = byId("tip");
  box.addEventListener("pointermove", (event) => {
    const words = event.pointerType === "touch" ? null : wordsFor(event);
    tip.hidden = words === null;
    if (words === null) return;
    tip.replaceChildren(...words.map((line) => make("div", {}, line)));
    tip.style.left = `${within(event.clientX + 14, 4, innerWidth - tip.offsetWidth - 4)}px`;
    tip.style.top = `${event.clientY + 22 + tip.offsetHeight > innerHeight ? event.clientY - tip.offsetHeight - 12 : event.clientY + 22}px`;
  });
  box.addEventListener("pointerleave", () => { tip.hidden = true; });
}
