"use strict";

// Beside SendGrid's faults: events of the mails that it took, and mails that come in.
const mailEvents = ["delivered", "processed", "deferred", "bounce", "dropped", "open", "click", "spamreport", "unsubscribe", "blocked", "group_unsubscribe"];

function showMails(visible) {
  $("mails").hidden = !visible;
  if (visible) attempt(loadMails);
}

async function loadMails() {
  if ($("mails").hidden) return;
  const mails = (await api("/mails")).reverse().slice(0, 6);
  $("mailList").replaceChildren(...(mails.length ? mails.map(mailItem) : [make("li", { class: "none" }, "No mail was sent yet.")]));
}

function mailItem(mail) {
  const event = make("select", { "aria-label": "Event of the mail to " + mail.to[0] }, ...mailEvents.map((name) => make("option", {}, name)));
  const times = make("input", { type: "number", min: 1, max: 100, value: 1, "aria-label": "How many times" });
  return make("li", {},
    make("span", {}, make("b", {}, mail.to.join(", ")), " " + mail.subject, make("small", {}, " " + clockTime(mail.at)),
      " ", make("button", { type: "button", class: "ghost", "aria-label": "Answer the mail to " + mail.to[0], onclick: () => answer(mail) }, "Answer")),
    make("span", { class: "tell" }, event, times, make("button", {
      type: "button", "aria-label": "Tell the product of the mail to " + mail.to[0],
      onclick: () => attempt(async () => heard(await api(`/mails/${mail.id}/events`, "POST", { events: [event.value], times: Number(times.value) }))),
    }, "Tell")));
}

function answer(mail) {
  const form = $("mailReply");
  form.from.value = mail.to[0];
  form.text.focus();
}

const heard = (delivery) => toast(delivery.error ? "The product did not answer: " + delivery.error : "The product answered " + delivery.status);

$("mailReply").addEventListener("submit", (event) => {
  event.preventDefault();
  const form = event.target;
  attempt(async () => heard(await api("/mails/inbound", "POST", { from: form.from.value, subject: "Re: Your quote", text: form.text.value })));
});
