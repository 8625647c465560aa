"use strict";

const $ = (id) => document.getElementById(id);
const state = { crm: null, location: null, number: null, phones: [], rows: [], filter: "all", skew: 0, fresh: null };

async function api(path, method = "GET", body) {
  const response = await fetch("/_sandbox" + path, {
    method,
    headers: body ? { "Content-Type": "application/json" } : {},
    body: body ? JSON.stringify(body) : undefined,
  });
  const text = await response.text();
  const data = text ? JSON.parse(text) : null;
  if (!response.ok) throw new Error((data && (data.detail || data.title)) || "HTTP " + response.status);
  return data;
}

function make(tag, options = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(options)) {
    if (name === "class") node.className = value;
    else if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
    else if (value !== undefined && value !== null) node.setAttribute(name, value);
  }
  node.append(...children.filter((child) => child !== null && child !== undefined));
  return node;
}

let toastTimer;
function toast(message) {
  $("toast").textContent = message;
  $("toast").classList.add("show");
  clearTimeout(toastTimer);
  toastTimer = setTimeout(() => $("toast").classList.remove("show"), 3200);
}
const attempt = (work) => work().catch((error) => toast(error.message));

// ---- clock
const zone = "America/Chicago";
function tick() {
  const now = new Date(Date.now() + state.skew);
  const time = now.toLocaleTimeString("en-US", { timeZone: zone, hour: "numeric", minute: "2-digit" });
  $("clockTime").textContent = time;
  $("clockDate").textContent = now.toLocaleDateString("en-US", { timeZone: zone, weekday: "short", month: "short", day: "numeric" });
  $("phoneClock").textContent = time.replace(/ [AP]M/, "");
}
const setClock = (now) => { state.skew = new Date(now) - Date.now(); tick(); };
const clockTime = (at, seconds) => new Date(at).toLocaleTimeString("en-US", {
  timeZone: zone, hour: "numeric", minute: "2-digit", second: seconds ? "2-digit" : undefined,
});

// ---- the CRM
function showBoard() {
  const { locations, columns, orders, services } = state.crm;
  $("locations").replaceChildren(...locations.map((place) => make("button", {
    type: "button",
    "aria-pressed": String(place.id === state.location),
    onclick: () => { state.location = place.id; showBoard(); },
  }, place.name.replace(/^(Acme Tint|Bright Detail) /, ""))));
  const service = document.forms.quote.service;
  const chosen = service.value;
  service.replaceChildren(...services.filter((item) => item.locationId === state.location).map((item) => make("option", {}, item.name)));
  // Another shop may not offer it: a value that is no option would leave the list without any.
  if ([...service.options].some((option) => option.value === chosen)) service.value = chosen;
  showCalendar();
  const here = columns.filter((column) => column.locationId === state.location).sort((a, b) => a.position - b.position);
  $("board").replaceChildren(...here.map((column) => {
    const cards = orders.filter((order) => order.workflowStatusId === column.id)
      .sort((a, b) => b.createdDate.localeCompare(a.createdDate));
    return make("div", { class: "column", role: "group", "aria-label": column.name },
      make("h3", {}, column.name, make("span", {}, String(cards.length))),
      ...(cards.length ? cards.map((order) => card(order, here)) : [make("p", { class: "empty" }, "Nothing here")]));
  }));
}

function showCalendar() {
  const place = state.crm.locations.find((item) => item.id === state.location);
  const when = (at, options) => new Date(at).toLocaleString("en-US", { timeZone: place?.timezone, ...options });
  const here = state.crm.appointments.filter((item) => item.locationId === state.location).sort((a, b) => a.startDate.localeCompare(b.startDate));
  $("calendar").replaceChildren(...(here.length ? here.map((item) => make("li", {},
    make("time", { datetime: item.startDate }, when(item.startDate, { weekday: "short", month: "short", day: "numeric", hour: "numeric", minute: "2-digit" })
      + " to " + when(item.endDate, { hour: "numeric", minute: "2-digit" })),
    make("b", {}, item.name))) : [make("li", { class: "empty" }, "No appointments")]));
}

function card(order, columns) {
  const move = make("select", {
    "aria-label": "Move order " + order.number,
    onchange: (event) => attempt(() => api(`/orders/${order.id}/column`, "PUT", { workflowStatusId: event.target.value })),
  }, make("option", { value: "" }, "Move to"), ...columns.filter((column) => column.id !== order.workflowStatusId)
    .map((column) => make("option", { value: column.id }, column.name)));
  return make("article", { class: "card" + (order.id === state.fresh ? " fresh" : "") },
    make("b", {}, order.customer || "No name"),
    make("span", { class: "what" }, (order.name || "").replace(/^New Quote - /, "")),
    make("span", {}, order.vehicle || "No vehicle"),
    make("footer", {}, order.phone ? make("button", {
      type: "button", class: "open", "aria-label": "Show the phone of " + order.customer, onclick: () => choose(order.phone),
    }, "Phone") : make("span", {}, "No phone"), move));
}

// ---- the phone
const pretty = (number) => number.replace(/^\+1(\d{3})(\d{3})(\d{4})$/, "+1 $1 $2 $3");
async function loadPhones() {
  state.phones = await api("/phones");
  if (!state.number && state.phones.length) state.number = state.phones[0].number;
  $("numbers").replaceChildren(...state.phones.map((phone) => {
    const option = make("option", { value: phone.number }, `${phone.name ? phone.name + ", " : ""}${pretty(phone.number)}`);
    option.selected = phone.number === state.number;
    return option;
  }));
}

async function choose(number) {
  state.number = number;
  showMonth();
  await loadPhones();
  await showTexts();
}

// Whom this customer asked last, and the number that the latest text came from.
function showSender(number, latest) {
  const order = state.crm?.orders.filter((item) => item.phone === number).sort((a, b) => b.createdDate.localeCompare(a.createdDate))[0];
  const shop = state.crm?.locations.find((place) => place.id === order?.locationId)?.name ?? "Acme Tint";
  $("shopName").textContent = shop;
  $("shopInitials").textContent = shop.split(" ").slice(0, 2).map((word) => word[0]).join("");
  $("shopNumber").textContent = latest ? pretty(latest.direction === "inbound" ? latest.to : latest.from) : "no text so far";
}

function linked(body) {
  return body.split(/(https?:\/\/[^\s]+)/).map((part, index) => index % 2
    ? make("a", { href: part, target: "_blank", rel: "noopener" }, part) : part);
}

async function showTexts() {
  const number = state.number;
  if (!number) return;
  const texts = await api(`/phones/${encodeURIComponent(number)}/messages`);
  if (number !== state.number) return;
  const stopped = state.phones.find((phone) => phone.number === number)?.stopped;
  const items = texts.map((text, index) => {
    const mine = text.direction === "inbound";
    const last = index === texts.length - 1 || texts[index + 1].direction !== text.direction;
    const bad = text.status === "undelivered" || text.status === "failed";
    return make("li", { class: (mine ? "me" : "them") + (text.automatic ? " auto" : "") },
      make("div", { class: "bubble" },
        ...text.mediaUrls.map((url) => make("img", { src: url, alt: "Picture sent with the text", width: 180, height: 112 })), ...linked(text.body)),
      last || bad ? make("small", { class: bad ? "bad" : "" },
        `${clockTime(text.at)} · ${text.automatic ? "from the carrier" : mine ? "sent" : text.status}${text.errorCode ? " " + text.errorCode : ""}`) : null);
  });
  if (!items.length) items.push(make("li", { class: "note" }, "No texts yet. Send a quote request and watch this phone."));
  if (stopped) items.push(make("li", { class: "note" }, "This number said STOP. Texts to it are refused until START."));
  showSender(number, texts.at(-1));
  $("texts").replaceChildren(...items);
  $("texts").scrollTop = $("texts").scrollHeight;
}

async function say(body, mediaUrls) {
  if (!state.number) return;
  const result = await api(`/phones/${encodeURIComponent(state.number)}/messages`, "POST", { body, mediaUrls });
  if (result.error || result.status >= 400) toast(result.error ? "The product did not answer: " + result.error : "The product answered " + result.status);
}

// ---- on the wire
const family = (vendor) => vendor === "anthropic" || vendor === "openai" ? "models" : vendor;
const vendorNames = { shopmonkey: "Shopmonkey", twilio: "Twilio", sendgrid: "SendGrid", anthropic: "Claude", openai: "GPT" };
const short = (path) => path.replace(/^\/2010-04-01\/Accounts\/\w+/, "/…").slice(0, 110);
const asCall = (call) => ({
  at: call.at, vendor: call.vendor, arrow: "→", what: call.operation, more: call.method + " " + short(decodeURI(call.path)),
  status: call.status, outcome: call.status === 0 ? "dropped" : String(call.status),
});
const asDelivery = (delivery) => ({
  at: delivery.at, vendor: delivery.vendor, arrow: "←", what: delivery.what,
  more: "POST " + short(new URL(delivery.url).pathname) + (delivery.attempt > 1 ? `, attempt ${delivery.attempt}` : ""),
  status: delivery.status || 0, outcome: delivery.status ? String(delivery.status) : "no answer",
});

function row(item, fresh) {
  const bad = item.status === 0 || item.status >= 500;
  return make("tr", { class: fresh ? "fresh" : "" },
    make("td", {}, clockTime(item.at, true)),
    make("td", {}, vendorNames[item.vendor] || item.vendor),
    make("td", { title: item.more },
      make("span", { class: "dir", title: item.arrow === "→" ? "from the product" : "to the product" }, item.arrow),
      make("code", {}, item.what), " ", make("small", {}, item.more)),
    make("td", {}, make("span", { class: "pill" + (bad ? " bad" : item.status >= 400 ? " warn" : "") }, item.outcome)));
}
const shown = (item) => state.filter === "all" || family(item.vendor) === state.filter;
function showRows() {
  $("rows").replaceChildren(...state.rows.filter(shown).slice(0, 150).map((item) => row(item, false)));
}
function addRow(item) {
  state.rows.unshift(item);
  state.rows.length = Math.min(state.rows.length, 600);
  if (!shown(item)) return;
  $("rows").prepend(row(item, true));
  while ($("rows").rows.length > 150) $("rows").deleteRow(-1);
}

// ---- the form
const people = [["Maya", "Lopez", "2022 Toyota RAV4"], ["Jordan", "Reed", "2019 Ford F-150"], ["Priya", "Shah", "2023 Tesla Model Y"], ["Chris", "Nolan", "2021 Honda Civic"], ["Elena", "Petrov", "2020 Subaru Outback"], ["Sam", "Okafor", "2024 Mazda CX-5"]];
function freshForm() {
  const form = document.forms.quote;
  const used = new Set(state.phones.map((phone) => phone.number));
  let last = 123;
  while (used.has("+15125550" + last)) last = last === 199 ? 100 : last + 1;
  const [first, family, car] = people[last % people.length];
  form.firstName.value = first;
  form.lastName.value = family;
  form.phone.value = "+1 512 555 0" + last;
  form.vehicle.value = car;
}
document.forms.quote.addEventListener("submit", (event) => {
  event.preventDefault();
  const form = event.target;
  const phone = form.phone.value.replace(/[^\d+]/g, "").replace(/^(\d{10})$/, "+1$1").replace(/^1(\d{10})$/, "+1$1");
  form.querySelector(".primary").disabled = true;
  attempt(async () => {
    const made = await api("/quotes", "POST", {
      // An address of this number's own, so that no two visitors become one person by it.
      firstName: form.firstName.value, lastName: form.lastName.value, phone, email: `visitor-${phone.replace(/\D/g, "")}@example.com`, vehicle: form.vehicle.value,
      service: form.service.value, locationId: state.location,
    });
    state.fresh = made.orderId;
    await loadBoard();
    await choose(phone);
    freshForm();
    toast("Order created; its webhook is on its way");
  }).finally(() => { form.querySelector(".primary").disabled = false; });
});
document.forms.say.addEventListener("submit", (event) => {
  event.preventDefault();
  const body = $("sayText").value.trim();
  if (!body) return;
  $("sayText").value = "";
  attempt(() => say(body));
});
document.querySelector(".quick").addEventListener("click", (event) => {
  const button = event.target.closest("button");
  if (button) attempt(() => button.dataset.photo ? say("Here is my car", ["sample"]) : say(button.dataset.say));
});
$("numbers").addEventListener("change", (event) => attempt(() => choose(event.target.value)));
$("filters").addEventListener("click", (event) => {
  const filter = event.target.dataset.filter;
  if (!filter) return;
  state.filter = filter;
  for (const button of $("filters").children) button.setAttribute("aria-pressed", String(button.dataset.filter === filter));
  showRows();
});
$("hour").addEventListener("click", () => attempt(() => api("/clock", "PUT", { advanceSeconds: 3600 })));
$("day").addEventListener("click", () => attempt(() => api("/clock", "PUT", { advanceSeconds: 86400 })));

// ---- loading, and staying up to date
async function loadBoard() {
  state.crm = await api("/crm");
  state.location ??= state.crm.locations[0].id;
  showBoard();
}
async function load() {
  const [clock, calls, deliveries] = await Promise.all([
    api("/clock"), api("/calls"), api("/deliveries"), loadFaults(), loadPhones(), loadBoard(),
  ]);
  setClock(clock.now);
  state.rows = [...calls.items.map(asCall), ...deliveries.items.map(asDelivery)].sort((a, b) => b.at.localeCompare(a.at));
  showRows();
  await showTexts();
  showMonth();
}

let redraw;
function later(work) {
  clearTimeout(redraw);
  redraw = setTimeout(() => attempt(work), 60);
}
function listen() {
  const events = new EventSource("/_sandbox/events");
  const on = (name, handle) => events.addEventListener(name, (event) => handle(JSON.parse(event.data)));
  events.onopen = () => {
    $("live").classList.add("on");
    $("liveText").textContent = "live";
    attempt(async () => { await load(); if (!document.forms.quote.firstName.value) freshForm(); });
  };
  events.onerror = () => { $("live").classList.remove("on"); $("liveText").textContent = "reconnecting"; };
  on("order", () => later(async () => { await loadBoard(); await loadPhones(); await showTexts(); showMonth(); }));
  on("text", () => later(async () => { await loadBoard(); await loadPhones(); await showTexts(); showMonth(); }));
  on("phone", () => later(async () => { await loadPhones(); await showTexts(); }));
  on("call", (call) => { addRow(asCall(call)); if (call.operation === "mail.send") { attempt(loadMails); showMonth(); } if (call.operation?.startsWith("appointment.")) later(loadBoard); });
  on("delivery", (delivery) => addRow(asDelivery(delivery)));
  on("faults", (faults) => showArmed(faults.items));
  on("clock", (clock) => { setClock(clock.now); showMonth(); });
}
setInterval(tick, 1000);
document.addEventListener("DOMContentLoaded", listen);
