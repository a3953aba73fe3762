"use strict";
// Keys and quiet posts: every form also works without this script.
const cards = () => [...document.querySelectorAll(".card")];
const labels = { accept: "accepté", reject: "rejeté", correct: "corrigé", add: "maintenu" };
const present = () => (document.activeElement ? document.activeElement.closest(".card") : null);
const notice = (text) => { document.getElementById("notice").textContent = text; };

function move(step) {
  const all = cards(), at = all.indexOf(present());
  const next = all[Math.min(Math.max(at + step, 0), all.length - 1)];
  if (next) { next.focus(); next.scrollIntoView({ block: "nearest" }); }
}

function nextOpen(card) {
  const all = cards(), rest = all.slice(all.indexOf(card) + 1).concat(all.slice(0, all.indexOf(card)));
  const next = rest.find((other) => !other.dataset.verdict);
  if (next) { next.focus(); next.scrollIntoView({ block: "nearest" }); }
}

async function refresh() {
  const list = document.getElementById("cards");
  if (!list) return;
  const answer = await fetch("/etat", { headers: { accept: "application/json" } });
  if (!answer.ok) return;
  const state = await answer.json();
  list.dataset.last = state.last;
  for (const card of cards()) mark(card, state.verdicts[card.dataset.number], state.last);
  const bar = document.getElementById("progress");
  bar.max = Math.max(state.progress[1], 1);
  bar.value = state.progress[0];
  document.getElementById("count").textContent = state.progress.join(" sur ");
}

function mark(card, made, last) {
  const line = card.querySelector(".verdict"), text = made ? `${labels[made.verdict] || made.verdict} par ${made.who}` : "";
  if (made) card.dataset.verdict = made.verdict; else delete card.dataset.verdict;
  if (line.textContent !== text) line.textContent = text;
  for (const field of card.querySelectorAll("[name=seen]")) field.value = last;
}

// What is decided goes out one by one, in order; what has not gone out when the page is left goes out then.
const unsent = [];
let queue = Promise.resolve();
const send = (address, data) => fetch(address, { method: "POST", body: data, headers: { accept: "application/json" }, keepalive: true });

async function post(item) {
  if (!unsent.includes(item)) return;
  unsent.splice(unsent.indexOf(item), 1);
  const answer = await send(...item);
  const told = await answer.json().catch(() => ({ message: "Sans réponse : rechargez la page." }));
  await refresh();
  notice(told.message);
  const card = present();
  if (card && card.dataset.verdict && answer.ok) nextOpen(card);
}

document.addEventListener("submit", (event) => {
  const form = event.target, button = event.submitter, card = form.closest(".card");
  if (!("quiet" in form.dataset)) return;
  event.preventDefault();
  const data = new URLSearchParams(new FormData(form));
  if (button && button.name) data.set(button.name, button.value);
  if (card && !form.classList.contains("fields")) { // a correction may be refused: it is left when it is kept
    card.dataset.verdict = "sent"; // the next key is for the next card, however long the answer takes
    nextOpen(card);
  }
  const item = [form.getAttribute("action"), data];
  unsent.push(item);
  queue = queue.then(() => post(item)).catch(() => notice("Pas de réponse du serveur : rien n'est enregistré, rechargez la page."));
});

addEventListener("pagehide", () => { for (const item of unsent.splice(0)) send(...item); });

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || /^(INPUT|SELECT|TEXTAREA)$/.test(event.target.tagName)) return;
  const card = present(), press = (selector) => { const button = card && card.querySelector(selector); if (button) button.click(); };
  const keys = {
    j: () => move(1), k: () => move(-1), a: () => press("[value=accept]"), r: () => press("[value=reject]"), A: () => press("[value=like]"),
    u: () => { const form = document.querySelector("[data-key=u]"); if (form) form.requestSubmit(); },
    o: () => press(".source"),
    c: () => { const box = card && card.querySelector(".correct"); if (box) { box.open = true; box.querySelector("select, input:not([type=hidden])").focus(); } },
  };
  if (keys[event.key]) { event.preventDefault(); keys[event.key](); }
});

// Words chosen in a document go into the field that was used last; names that nobody bears yet are asked for.
const adding = document.getElementById("add"), text = document.getElementById("text");
let armed = null;

function arm(field) {
  if (armed) armed.classList.remove("armed");
  armed = field;
  armed.classList.add("armed");
}

const chosenWords = () => {
  const chosen = document.getSelection();
  return chosen.rangeCount && !chosen.isCollapsed && text.contains(chosen.getRangeAt(0).commonAncestorContainer) ? chosen.toString().trim() : "";
};

function step(event) {
  const chosen = document.getSelection(), back = /Left|Up/.test(event.key), line = /Up|Down/.test(event.key), way = back ? "backward" : "forward";
  if (!text.contains(chosen.anchorNode) || chosen.anchorNode === text) chosen.collapse(text.firstChild, 0);
  if (event.shiftKey) chosen.modify("extend", way, line ? "line" : "word");
  else {
    if (back) chosen.collapseToStart(); else chosen.collapseToEnd();
    if (line) chosen.modify("move", way, "line");
    chosen.modify("extend", line ? "forward" : way, "word");
  }
  const place = chosen.rangeCount ? chosen.getRangeAt(0).getBoundingClientRect() : null;
  if (place && (place.top < 0 || place.bottom > innerHeight)) scrollBy(0, place.top - innerHeight / 2);
}

if (adding && text) {
  const quote = document.getElementById("quote"), open = (field) => field.matches("#quote, [data-names], [name$='.name']");
  arm(quote);
  adding.addEventListener("focusin", (event) => { if (open(event.target)) arm(event.target); });
  const take = () => { const words = chosenWords(); if (words) armed.value = words; return words; };
  const done = () => { if (take()) armed.dispatchEvent(new Event("change", { bubbles: true })); };
  document.addEventListener("selectionchange", take);
  text.addEventListener("pointerup", done);
  text.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (/^Arrow/.test(event.key)) { event.preventDefault(); step(event); }
    if (event.key === "Enter") { event.preventDefault(); done(); armed.focus(); }
  });
  adding.addEventListener("change", (event) => { if (event.target.dataset.names) askForNew(event.target); });
}

const lookUp = async (field, name) => {
  const answer = await fetch(`/noms?${new URLSearchParams({ table: field.dataset.names, q: name })}`, { headers: { accept: "application/json" } });
  return answer.ok ? answer.json() : { names: [], known: true };
};

async function askForNew(field) {
  const kinds = { projects: "project", programmes: "programme" }, fields = [...adding.querySelectorAll("[name^=new][name$='.name']")];
  for (const name of field.value.split(";").map((part) => part.trim()).filter(Boolean)) {
    if ((await lookUp(field, name)).known || fields.some((other) => other.value === name)) continue;
    const empty = fields.find((other) => !other.value);
    if (!empty) continue;
    empty.value = name;
    empty.closest("fieldset").querySelector("select").value = kinds[field.dataset.names] || "";
    document.getElementById("new").open = true;
    notice(`« ${name} » n'est pas encore dans les tables : dites plus bas ce que c'est.`);
  }
}

document.addEventListener("input", async (event) => {
  const field = event.target, list = document.getElementById("names");
  if (!field.dataset || !field.dataset.names || !list) return;
  const before = field.value.slice(0, field.value.lastIndexOf(";") + 1), typed = field.value.slice(before.length).trim();
  const found = await lookUp(field, typed);
  list.replaceChildren(...found.names.map((name) => Object.assign(document.createElement("option"), { value: before ? `${before} ${name}` : name })));
});

if (document.getElementById("cards")) {
  setInterval(() => { if (!document.hidden) refresh(); }, 4000);
  if (cards().length) cards()[0].focus({ preventScroll: true });
}
