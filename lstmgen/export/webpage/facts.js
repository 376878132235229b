// What the model is, and the worker that computes with it. A question is answered by a promise, writing by many calls.

const facts = JSON.parse(byId("facts").textContent);
const worker = startWorker(byId("worker").textContent);
const waiting = new Map();
let jobs = 0;

function startWorker(source) {
  const address = URL.createObjectURL(new Blob([source], {type: "text/javascript"}));
  const policy = globalThis.trustedTypes?.createPolicy("worker", {createScriptURL: url => url});
  return new Worker(policy ? policy.createScriptURL(address) : address);
}

worker.onmessage = ({data}) => {
  const answer = waiting.get(data.job);
  if (!answer) return;
  if (data.did !== "write" || data.done) waiting.delete(data.job);
  answer(data);
};

/** Ask for what a message gives back once. */
const ask = message => new Promise(answer => tellWorker(message, answer));

function tellWorker(message, answer) {
  const job = ++jobs;
  if (answer) waiting.set(job, answer);
  worker.postMessage({...message, job});
}

worker.onerror = () => { byId("status").textContent = "This page is damaged: its network cannot be read."; };
