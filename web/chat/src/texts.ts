import type { LostTap } from './lostTap';
import type { SendFailure } from './session';

/** Every English sentence of the page. */
const english = {
  opening: 'Opening your conversation…',
  trouble: {
    title: 'No connection',
    body: 'We cannot reach the shop right now. This page keeps trying by itself.',
    tryNow: 'Try now',
  },
  dead: {
    title: "This link doesn't work any more",
    body: 'It may have expired, or a part of it may be missing.',
    help: 'To reach the shop, simply reply to the message you got from us.',
  },
  openNow: 'Open now',
  closedNow: 'Closed now',
  assistant: 'AI assistant',
  you: 'You',
  person: (shop: string) => `Person at ${shop}`,
  callPerson: (phone: string) => `Call a person: ${phone}`,
  call: 'Call',
  greeting: (firstName: string | null) => (firstName ? `Hi ${firstName}!` : 'Hi!'),
  disclosure: (shop: string) => `You're chatting with the AI assistant of ${shop}. It can make mistakes.`,
  reachPerson: 'To talk to a person, call',
  reachPersonByText: 'To talk to a person, reply to the message you got from us.',
  humanMode: (shop: string) => `A person from ${shop} is answering you here.`,
  humanComing: (shop: string) => `A person from ${shop} will answer you here.`,
  closedMode: "This conversation is closed, so you can't write here any more.",
  closedModeCall: 'You can still call',
  conversation: 'Conversation',
  earlier: 'Earlier messages',
  newAnnouncements: 'Newest messages, read aloud',
  said: {
    assistant: 'Assistant',
    staff: 'The shop',
    system: 'Note',
    customer: 'You',
  },
  composer: {
    label: 'Your message',
    placeholder: 'Write a message…',
    send: 'Send',
    left: (count: number) => `${characters(count)} left`,
    over: (count: number) => `${characters(count)} too many`,
  },
  stop: 'Stop answering',
  toLatest: 'New messages',
  typing: 'The assistant is writing',
  lookingUp: 'Looking that up…',
  sending: 'Sending…',
  retry: 'Try again',
  notSent: {
    network: 'Not sent yet. It goes out when the connection is back.',
    busy: 'Too many messages at once. Please wait a moment.',
    refused: 'This message could not be sent.',
  } satisfies Record<SendFailure, string>,
  interrupted: 'The answer ended here',
  answerFailed: 'Sorry, the assistant could not answer this. Please ask again, or call the shop.',
  booking: {
    list: 'Your appointments',
    held: 'A time is held for you',
    notBooked: (until: string) => `Not booked yet. It is yours until ${until}.`,
    replaces: (time: string) => `When you confirm, it takes the place of your appointment on ${time}.`,
    booked: 'Your appointment',
    bookedAt: (time: string) => `Your appointment: ${time}`,
    severalBooked: (count: number, time: string) => `Your ${count} appointments, the next one: ${time}`,
    confirm: 'Confirm',
    cancel: 'Cancel',
    cancelAppointment: 'Cancel this appointment',
    reallyCancel: 'Yes, cancel it',
    keep: 'Keep it',
    toCalendar: 'Add to your calendar',
    lost: {
      late: 'This time is not held any more. Ask in the chat for another one.',
      taken: 'Somebody else got this time. Ask in the chat for another one.',
      begun: 'This has begun or is over, so it cannot be cancelled here. Please call the shop.',
    } satisfies Record<LostTap['reason'], string>,
    freeInstead: 'These times were free a moment ago:',
  },
  wishes: {
    title: 'Fewer messages from the shop',
    pause: 'Pause for 30 days',
    stop: 'Stop all messages',
    done: {
      pause: 'Done. For 30 days you get messages about your appointments only.',
      'opt-out': 'Done. You get no more texts or emails. You can still write here.',
    },
  },
  notThrough: 'That did not get through. Please try again.',
  reconnecting: 'Connection lost. Trying again…',
  today: 'Today',
  /** Stands in a text's body where it carried the link to this page. */
  linkHere: '(link to this chat)',
  byText: 'Text message',
  picture: '(picture)',
  byEmail: 'Email',
};

/** The same in Spanish. */
const spanish: typeof english = {
  opening: 'Abriendo su conversación…',
  trouble: {
    title: 'Sin conexión',
    body: 'No podemos comunicarnos con el taller en este momento. Esta página lo sigue intentando.',
    tryNow: 'Intentar ahora',
  },
  dead: {
    title: 'Este enlace ya no funciona',
    body: 'Puede que haya vencido, o que le falte una parte.',
    help: 'Para comunicarse con el taller, responda al mensaje que recibió de nosotros.',
  },
  openNow: 'Abierto ahora',
  closedNow: 'Cerrado ahora',
  assistant: 'Asistente de IA',
  you: 'Usted',
  person: (shop) => `Persona de ${shop}`,
  callPerson: (phone) => `Llamar a una persona: ${phone}`,
  call: 'Llamar',
  greeting: (firstName) => (firstName ? `¡Hola, ${firstName}!` : '¡Hola!'),
  disclosure: (shop) => `Está chateando con el asistente de IA de ${shop}. Puede equivocarse.`,
  reachPerson: 'Para hablar con una persona, llame al',
  reachPersonByText: 'Para hablar con una persona, responda al mensaje que recibió de nosotros.',
  humanMode: (shop) => `Le contesta aquí una persona de ${shop}.`,
  humanComing: (shop) => `Le contestará aquí una persona de ${shop}.`,
  closedMode: 'Esta conversación está cerrada y ya no puede escribir aquí.',
  closedModeCall: 'Todavía puede llamar al',
  conversation: 'Conversación',
  earlier: 'Mensajes anteriores',
  newAnnouncements: 'Mensajes más recientes, leídos en voz alta',
  said: {
    assistant: 'Asistente',
    staff: 'El taller',
    system: 'Aviso',
    customer: 'Usted',
  },
  composer: {
    label: 'Su mensaje',
    placeholder: 'Escriba un mensaje…',
    send: 'Enviar',
    left: (count) => `Quedan ${caracteres(count)}`,
    over: (count) => `Sobran ${caracteres(count)}`,
  },
  stop: 'Detener la respuesta',
  toLatest: 'Mensajes nuevos',
  typing: 'El asistente está escribiendo',
  lookingUp: 'Buscando…',
  sending: 'Enviando…',
  retry: 'Intentar de nuevo',
  notSent: {
    network: 'Aún no se envió. Saldrá cuando vuelva la conexión.',
    busy: 'Demasiados mensajes a la vez. Espere un momento.',
    refused: 'Este mensaje no se pudo enviar.',
  },
  interrupted: 'La respuesta terminó aquí',
  answerFailed: 'Disculpe, el asistente no pudo contestar. Pregunte de nuevo o llame al taller.',
  booking: {
    list: 'Sus citas',
    held: 'Le guardamos un horario',
    notBooked: (until) => `Todavía no está reservado. Es suyo hasta las ${until}.`,
    replaces: (time) => `Al confirmarlo, reemplaza su cita del ${time}.`,
    booked: 'Su cita',
    bookedAt: (time) => `Su cita: ${time}`,
    severalBooked: (count, time) => `Sus ${count} citas, la próxima: ${time}`,
    confirm: 'Confirmar',
    cancel: 'Cancelar',
    cancelAppointment: 'Cancelar esta cita',
    reallyCancel: 'Sí, cancelarla',
    keep: 'Conservarla',
    toCalendar: 'Agregar a su calendario',
    lost: {
      late: 'Este horario ya no está guardado. Pida otro en el chat.',
      taken: 'Alguien más tomó este horario. Pida otro en el chat.',
      begun: 'Ya comenzó o terminó, así que no se puede cancelar aquí. Llame al taller.',
    },
    freeInstead: 'Estos horarios estaban libres hace un momento:',
  },
  wishes: {
    title: 'Recibir menos mensajes del taller',
    pause: 'Pausar por 30 días',
    stop: 'No recibir más mensajes',
    done: {
      pause: 'Listo. Durante 30 días solo recibirá mensajes sobre sus citas.',
      'opt-out': 'Listo. Ya no recibirá mensajes de texto ni correos. Aquí puede seguir escribiendo.',
    },
  },
  notThrough: 'No se pudo enviar. Intente de nuevo.',
  reconnecting: 'Se perdió la conexión. Intentando de nuevo…',
  today: 'Hoy',
  linkHere: '(enlace a este chat)',
  byText: 'Mensaje de texto',
  picture: '(imagen)',
  byEmail: 'Correo',
};

/** Every sentence of the page, in the language that was chosen last. */
export let texts = english;

/** How dates and amounts are written in it. */
export let locale = 'en-US';

/** What the customer writes decides; until somebody knows, their browser does. */
export function speak(language: string | null): void {
  const isSpanish = (language ?? navigator.language).toLowerCase().startsWith('es');
  texts = isSpanish ? spanish : english;
  locale = isSpanish ? 'es-US' : 'en-US';
  document.documentElement.lang = isSpanish ? 'es' : 'en';
}

function characters(count: number): string {
  return count === 1 ? '1 character' : `${count} characters`;
}

function caracteres(count: number): string {
  return count === 1 ? '1 carácter' : `${count} caracteres`;
}
