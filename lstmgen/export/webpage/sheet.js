// The sheet: the text as text, or token by token, warm where it was not expected; one place of it may be picked.

const sheet = byId("text");
const looks = {name: "read", place: null}; // place: {piece, at} of a token
const END = facts.lines ? "↵" : " ∎"; // how a document's end is shown where every token is
const BETWEEN = facts.lines ? "\n" : "\n\n";
const HOT = 8; // bits of surprise shown as the warmest

const spanned = () => looks.name !== "read";

/** Draw all of it anew. */
function showBook() {
  sheet.replaceChildren();
  book.pieces.forEach((piece, k) => { startShown(k); addShown(k, 0); });
  sheet.setAttribute("role", spanned() ? "listbox" : "region");
  if (looks.place && !isThere(looks.place)) looks.place = null;
  markPlace();
  sheet.dataset.empty = book.pieces.length ? "" : "yes";
}

const isThere = ({piece, at}) => at < (book.pieces[piece]?.ids.length ?? 0);

function startShown(k) {
  sheet.dataset.empty = "";
  if (k) sheet.append(BETWEEN);
  const {promptText} = book.pieces[k];
  if (!spanned()) sheet.append(element("span", {className: "given", textContent: promptText}), "");
}

/** Show the tokens of a piece from the place `from` on. */
function addShown(k, from) {
  const {ids, bits, prompt} = book.pieces[k];
  let plain = "";
  const parts = document.createDocumentFragment();
  for (let at = from; at < ids.length; at++) {
    const last = ids[at] === facts.end && at >= prompt, text = vocabulary.textOf(ids[at], at ? ids[at - 1] : null);
    if (!spanned()) plain += at < prompt || last ? "" : text;
    else parts.append(tokenShown(k, at, last ? END : text === "\n" ? "↵\n" : text || "⁀", bits[at]));
  }
  sheet.append(spanned() ? parts : plain);
}

function tokenShown(k, at, text, bits) {
  const shown = element("span", {
    id: `at-${k}-${at}`, textContent: text, data: {piece: k, at}, aria: {role: "option", selected: "false"},
  });
  if (at < book.pieces[k].prompt) shown.classList.add("given");
  if ("↵⁀∎".includes(text.trim())) shown.classList.add("sign");
  if (looks.name === "surprise" && bits !== undefined) warm(shown, bits);
  return shown;
}

function warm(shown, bits) {
  shown.style.setProperty("--heat", `${Math.round(100 * Math.min(1, bits / HOT))}%`);
  shown.classList.add("warm");
}

/** Warmth of a prompt whose bits came later. */
function warmPrompt(k) {
  if (looks.name !== "surprise") return;
  book.pieces[k].bits.forEach((bits, at) => {
    const shown = byId(`at-${k}-${at}`);
    if (shown) warm(shown, bits);
  });
}

function markPlace() {
  sheet.querySelector("[aria-selected=true]")?.setAttribute("aria-selected", "false");
  sheet.removeAttribute("aria-activedescendant");
  if (!looks.place || !spanned()) return;
  const shown = byId(`at-${looks.place.piece}-${looks.place.at}`);
  if (!shown) return;
  shown.setAttribute("aria-selected", "true");
  sheet.setAttribute("aria-activedescendant", shown.id);
  shown.scrollIntoView({block: "nearest"});
}

/** The place so many tokens on. */
function movedPlace(steps) {
  if (!book.pieces.length) return null;
  let {piece, at} = looks.place ?? {piece: 0, at: -1};
  at += steps;
  while (at < 0 && piece > 0) at += book.pieces[--piece].ids.length;
  while (at >= book.pieces[piece].ids.length && piece + 1 < book.pieces.length) at -= book.pieces[piece++].ids.length;
  return {piece, at: Math.max(0, Math.min(at, book.pieces[piece].ids.length - 1))};
}

const atBottom = () => sheet.scrollHeight - sheet.scrollTop - sheet.clientHeight < 60;
