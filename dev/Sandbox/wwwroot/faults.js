"use strict";

// Bad days: one card for each kind of fault of a vendor, and what is armed now with what is left of it.
const faultState = { kinds: [], vendor: "twilio", armed: [], at: 0 };

async function loadFaults() {
  const [kinds, armed] = await Promise.all([api("/faults/kinds"), api("/faults")]);
  faultState.kinds = kinds.items;
  showVendors();
  showCards();
  showArmed(armed.items);
}

function showVendors() {
  const vendors = [...new Set(faultState.kinds.map((kind) => kind.vendor))];
  $("faultVendors").replaceChildren(...vendors.map((vendor) => make("button", {
    type: "button",
    "data-vendor": vendor,
    "aria-pressed": String(vendor === faultState.vendor),
    onclick: () => { faultState.vendor = vendor; pressVendor(); showCards(); },
  }, vendorNames[vendor])));
}
function pressVendor() {
  for (const button of $("faultVendors").children) button.setAttribute("aria-pressed", String(button.dataset.vendor === faultState.vendor));
}

function showCards() {
  const mine = faultState.kinds.filter((kind) => kind.vendor === faultState.vendor);
  $("faultList").replaceChildren(...mine.map(faultCard));
  showMails(faultState.vendor === "sendgrid");
  markCards();
}

function faultCard(kind) {
  const form = make("form", { class: "fault", "data-kind": kind.kind, autocomplete: "off", "aria-label": kind.title },
    make("h3", {}, kind.title, " ", make("code", {}, kind.kind)),
    make("p", {}, kind.sentence),
    make("footer", {},
      ...kind.parameters.map(faultField),
      kind.stays ? null : faultField({ name: "count", label: "Calls", default: 1 }),
      make("button", { type: "submit", "aria-label": (kind.stays ? "Switch on: " : "Arm: ") + kind.title }, kind.stays ? "Switch on" : "Arm")));
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    attempt(() => arm(kind, form));
  });
  return form;
}

function faultField(parameter) {
  const { name, label } = parameter;
  if (parameter.default === false) return make("label", { class: "flag" }, make("input", { type: "checkbox", name }), label);
  if (name === "body") {
    return make("label", {}, label, make("select", { name }, make("option", {}, "json"), make("option", {}, "html")));
  }
  const text = typeof parameter.default === "string";
  return make("label", {}, label, make("input", {
    name, type: text ? "text" : "number", min: text ? null : name === "count" || name === "times" ? 1 : 0,
    step: text ? null : /seconds/i.test(name) ? "any" : 1, value: parameter.default ?? "", placeholder: text ? "every one" : parameter.default === null ? "none" : null,
  }));
}

async function arm(kind, form) {
  const fault = { vendor: kind.vendor, kind: kind.kind };
  for (const field of form.elements) {
    if (!field.name) continue;
    if (field.type === "checkbox") fault[field.name] = field.checked;
    else if (field.value !== "") fault[field.name] = field.type === "number" ? Number(field.value) : field.value;
  }
  // A time of its own is what is meant; one call would end it before.
  if (fault.forSeconds) delete fault.count;
  await api("/faults", "POST", fault);
}

const left = (fault) => fault.always
  ? fault.secondsLeft === undefined ? "until cleared" : `${Math.max(0, Math.ceil(fault.secondsLeft - (Date.now() - faultState.at) / 1000))} s left`
  : `${fault.count} left`;
const titleOf = (fault) => faultState.kinds.find((kind) => kind.vendor === fault.vendor && kind.kind === fault.kind)?.title || fault.kind;

function showArmed(items) {
  faultState.armed = items;
  faultState.at = Date.now();
  $("armed").hidden = items.length === 0;
  $("armedList").replaceChildren(...items.map((fault) => make("li", {},
    make("span", {}, make("b", {}, vendorNames[fault.vendor]), " " + titleOf(fault), fault.operation ? ` (${fault.operation})` : ""),
    make("small", { "data-id": fault.id }, left(fault)),
    make("button", {
      type: "button", "aria-label": `Clear ${vendorNames[fault.vendor]}: ${titleOf(fault)}`,
      onclick: () => attempt(() => api("/faults/" + fault.id, "DELETE")),
    }, "Clear"))));
  $("faultNews").textContent = items.length ? `${items.length} in wait` : "Nothing in wait";
  markCards();
}

function markCards() {
  for (const card of $("faultList").children) {
    card.classList.toggle("on", faultState.armed.some((fault) => fault.vendor === faultState.vendor && fault.kind === card.dataset.kind));
  }
}

// What ends by time ends without a call, and so without an event.
setInterval(() => {
  const timed = faultState.armed.filter((fault) => fault.secondsLeft !== undefined);
  for (const fault of timed) $("armedList").querySelector(`[data-id="${fault.id}"]`).textContent = left(fault);
  if (timed.some((fault) => fault.secondsLeft * 1000 < Date.now() - faultState.at)) attempt(async () => showArmed((await api("/faults")).items));
}, 1000);
$("clearFaults").addEventListener("click", () => attempt(() => api("/faults", "DELETE")));
