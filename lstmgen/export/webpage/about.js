// What stands around the text: title, author and note, and what the network is.

/** What the network is, how well it does, and what the reader should know. */
function about() {
  const {sizes, kind, parameters, noun, weights, loss} = facts, rounded = weights !== "float32";
  const network = `${kind}, ${sizes.layers} × ${sizes.units} units`, before = loss?.exact.toFixed(3);
  return [
    `${network}, ${counted(parameters, "number")}, ${counted(sizes.vocabulary, noun)}.`,
    loss && `Text it had not seen takes ${loss.rounded.toFixed(3)} bits a character`
      + (rounded ? ` (${before} before its weights were rounded to ${weights}).` : "."),
    !loss && rounded && `Its weights are rounded to ${weights}.`,
    rounded && "Rounded weights may write other text than lstmgen sample.",
    facts.lines ? "It does not know its training text: a line may be one of those."
      : "What it writes may repeat its training text.",
    "Everything is in this file; nothing is fetched. Made with lstmgen.",
  ].filter(Boolean).join(" ");
}

function showAbout() {
  const {title, author, note} = facts;
  byId("title").textContent = title;
  for (const [id, text] of Object.entries({author: author && `by ${author}`, note})) {
    byId(id).textContent = text;
    byId(id).hidden = !text;
  }
  byId("about").textContent = about();
}
