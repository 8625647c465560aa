import type { SendFailure } from './session';

/** Every English sentence of the page. */
export const texts = {
  opening: 'Opening your conversation…',
  trouble: {
    title: 'No connection',
    body: 'We cannot reach the shop right now. This page keeps trying by itself.',
    tryNow: 'Try now',
  },
  dead: {
    title: "This link doesn't work any more",
    body: 'It may have expired, or a part of it may be missing.',
    help: 'To reach the shop, simply reply to the text message you got.',
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
  reachPersonByText: 'To talk to a person, reply to the text message you got.',
  humanMode: (shop: string) => `A person from ${shop} is answering you here.`,
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
  sent: 'Sent',
  retry: 'Try again',
  notSent: {
    network: 'Not sent.',
    busy: 'Too many messages at once. Please wait a moment.',
    refused: 'This message could not be sent.',
  } satisfies Record<SendFailure, string>,
  interrupted: 'The answer ended here',
  answerFailed: 'Sorry, the assistant could not answer this. Please ask again, or call the shop.',
  booking: {
    list: 'Your appointments',
    held: 'A time is held for you',
    notBooked: (until: string) => `Not booked yet. It is yours until ${until}.`,
    booked: 'Your appointment',
    confirm: 'Confirm',
    cancel: 'Cancel',
    cancelAppointment: 'Cancel this appointment',
    reallyCancel: 'Yes, cancel it',
    keep: 'Keep it',
    toCalendar: 'Add to your calendar',
    late: 'This time is not held any more. Ask in the chat for another one.',
    network: 'That did not get through. Please try again.',
  },
  reconnecting: 'Connection lost. Trying again…',
  today: 'Today',
  /** Stands in a text's body where it carried the link to this page. */
  linkHere: '(link to this chat)',
  byText: 'Text message',
  byEmail: 'Email',
} as const;

function characters(count: number): string {
  return count === 1 ? '1 character' : `${count} characters`;
}
