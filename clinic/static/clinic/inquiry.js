/**
 * An inquiry's page: saves drafts while they are typed, says who else is looking, and counts a message's last seconds.
 * Without this file, the buttons "Save draft" save them, and the page says how everything stood when it was drawn.
 */
const head = document.querySelector("[data-viewing]");
const leaving = document.getElementById("leaving");
const EVERY = 45_000; // ms; the desk takes somebody who was here two minutes ago to be here still
const PAUSE = 800; // ms without a key: a sentence's end, not every letter
const SIGNED_OUT = "You are signed out. Leave this page open, sign in in another tab, then go on here.";

async function ask(url, options = {}) {
  const answer = await fetch(url, { headers: { Accept: "application/json" }, ...options });
  if (answer.redirected) throw new Error(SIGNED_OUT);
  return answer;
}

async function stillHere() {
  const answer = await ask(head.dataset.viewing);
  if (!answer.ok) return;
  const now = await answer.json();
  // Who signed in again in another tab got a new token; this page goes on with it.
  for (const field of document.getElementsByName("csrfmiddlewaretoken")) field.value = now.token;
  const others = now.viewing.length ? `Being viewed by ${now.viewing.join(", ")}` : "";
  const old = String(now.version) !== head.dataset.version ? "It has changed since you opened it: reload to see how." : "";
  say(head.querySelector(".desk-viewing"), [others, old].filter(Boolean).join(". "));
}

// Only what is new is put there, or a screen reader would read it out again every time.
function say(place, words) {
  if (place.textContent.trim() !== words) place.textContent = words;
}

function watchOthers() {
  const look = () => document.hidden || stillHere().catch((error) => say(head.querySelector(".desk-viewing"), error.message));
  setInterval(look, EVERY);
  document.addEventListener("visibilitychange", look);
}

function keepDraft(form) {
  const text = form.querySelector("textarea");
  const status = form.querySelector("[role=status]");
  let saved = text.value;
  let timer;
  let failed = false;

  const post = () => ask(form.dataset.draft, { method: "POST", body: new FormData(form), keepalive: text.value.length < 20_000 });

  async function save() {
    clearTimeout(timer);
    const typed = text.value;
    if (typed === saved) return;
    try {
      if (failed) await stillHere(); // after signing in again, a new token
      let answer = await post();
      if (answer.status === 403) {
        await stillHere();
        answer = await post();
      }
      failed = !answer.ok;
      if (failed) throw new Error();
      saved = typed;
      say(status, typed.trim() ? (await answer.json()).saved : "");
    } catch (error) {
      failed = true;
      say(status, error.message === SIGNED_OUT ? SIGNED_OUT : "The draft could not be saved. Leave this page open.");
    }
  }

  text.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(save, PAUSE);
  });
  document.addEventListener("visibilitychange", () => document.hidden && save());
  addEventListener("pagehide", save);
  // What is being sent needs no draft any more; one that arrives later is known by its words.
  form.addEventListener("submit", () => {
    clearTimeout(timer);
    saved = text.value;
  });
}

// By the clock, not by counting: a tab that was asleep must not promise time that is over.
function countDown() {
  const over = Date.now() + Number(leaving.dataset.seconds) * 1000;
  const timer = setInterval(() => {
    const left = Math.ceil((over - Date.now()) / 1000);
    if (left > 0) {
      leaving.querySelector("[data-count]").textContent = left;
      return;
    }
    clearInterval(timer);
    leaving.querySelector("strong").textContent = "The message has left.";
    leaving.querySelector("form").remove();
    say(leaving.querySelector("[role=status]"), "It cannot be taken back any more. Reload the page to see how it stands.");
  }, 1000);
}

if (head) watchOthers();
for (const form of document.querySelectorAll("form[data-draft]")) keepDraft(form);
if (leaving && Number(leaving.dataset.seconds)) countDown();
