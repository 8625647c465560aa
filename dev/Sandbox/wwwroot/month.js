"use strict";

// What the product has done and plans for the customer whose phone is shown, as its own API tells it.
const steps = { greeting: "Greeting", next_day: "Next day", day_3: "Third day", day_7: "After a week" };
const why = {
  outside_legal_hours: "waits for an hour in which texting is allowed", replied: "the customer answered", opted_out: "the customer said stop",
  appointment_booked: "an appointment is booked", human_takeover: "a member of staff speaks with them", no_phone: "there is no phone", no_email: "there is no email",
  too_late: "it was too late for it", same_person_already_greeted: "the same person was greeted already", order_too_old: "the request is too old",
};
// "appointment-2-two_hours_before", "reply-216": the numbers tell them apart, and nobody reads them.
const stepWords = (step) => {
  const of = /^appointment-\d+-(.+)$/.exec(step);
  return steps[step] || (of ? "Appointment: " + asWords(of[1]) : /^reply-/.test(step) ? "Answer" : /^staff-/.test(step) ? "From staff" : asWords(step));
};
const asWords = (word) => why[word] || (word || "").replaceAll("_", " ");
// By the clock of the customer, whose quiet hours count.
let monthZone = zone;
const monthTime = (at) => new Date(at).toLocaleString(
  "en-US", { timeZone: monthZone, weekday: "short", month: "short", day: "numeric", hour: "numeric", minute: "2-digit", timeZoneName: "short" });

function touchItem(touch) {
  const bad = ["failed", "needs_review", "unknown", "expired"].includes(touch.status);
  const quiet = ["cancelled", "suppressed"].includes(touch.status);
  return make("li", { class: touch.ahead ? "ahead" : "", "data-step": touch.step },
    make("b", {}, stepWords(touch.step)),
    make("time", { datetime: touch.at }, monthTime(touch.at)),
    make("span", { class: "pill" + (bad ? " bad" : quiet ? " warn" : "") }, touch.ahead ? "to come" : asWords(touch.status)),
    make("p", {}, [touch.channel === "email" ? "by email" : "by text", ...touch.notes].join(", ")));
}

function notesOf(touch) {
  const notes = [];
  if (touch.deferredFrom) notes.push("due " + monthTime(touch.deferredFrom) + ", deferred by quiet hours");
  if (touch.reason && !(touch.deferredFrom && touch.reason === "outside_legal_hours")) notes.push(asWords(touch.reason));
  return notes;
}

// What a simulation says will keep it back.
function notesAhead(touch) {
  const notes = [];
  const first = (touch.deferrals || [])[0];
  if (first) notes.push("due " + monthTime(first.from) + ", " + (first.reason === "outside_legal_hours" ? "deferred by quiet hours" : asWords(first.reason)));
  if (touch.status !== "sent" && touch.reason) notes.push(asWords(touch.reason));
  return notes;
}

async function loadMonth() {
  const number = state.number;
  if (!number) return;
  const month = await api(`/phones/${encodeURIComponent(number)}/month`);
  if (number !== state.number) return;
  monthZone = month.timezone || zone;
  const touches = month.touches.map((touch) => ({ ...touch, at: touch.sentAt || touch.dueAt, notes: notesOf(touch) }));
  const ahead = month.ahead.map((touch) => ({ ...touch, ahead: true, notes: notesAhead(touch) }));
  $("monthList").replaceChildren(...[...touches, ...ahead].sort((a, b) => a.at.localeCompare(b.at)).map(touchItem));
  $("monthNote").textContent = month.note || (touches.length ? "" : "Nothing is planned for this number.");
}

// The product needs a moment after each event: it is looked at once more.
let monthTimers = [];
function showMonth() {
  monthTimers.forEach(clearTimeout);
  monthTimers = [150, 1200, 4000].map((delay) => setTimeout(() => attempt(loadMonth), delay));
}

function secondsToMorning() {
  const parts = new Intl.DateTimeFormat("en-US", { timeZone: zone, hour: "2-digit", minute: "2-digit", second: "2-digit", hourCycle: "h23" })
    .formatToParts(new Date(Date.now() + state.skew));
  const part = (type) => Number(parts.find((item) => item.type === type).value);
  const gone = part("hour") * 3600 + part("minute") * 60 + part("second");
  return (34 * 3600 - gone) % 86400 + 60;
}

document.querySelector(".month .later").addEventListener("click", (event) => {
  const later = event.target.dataset.later;
  if (later) attempt(() => api("/clock", "PUT", { advanceSeconds: later === "morning" ? secondsToMorning() : Number(later) }));
});
