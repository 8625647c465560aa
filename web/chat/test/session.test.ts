import { describe, expect, it } from 'vitest';
import { answerInProgress, openSession, personIsHere, reduce, resumePoint, type SessionAction, type SessionState } from '../src/session';
import type { ChatEvent } from '../src/wire';
import { completed, created, delta, failed, interrupted, mode, restarted, started, superseded, tool } from './events';
import { message, session } from './fakeServer';

const AT = '2026-11-23T16:00:05Z';

const question = (seq: number, change: Partial<Parameters<typeof message>[0]> = {}) =>
  created(message({ id: 'q', seq, role: 'customer', content: 'How much?', ...change }));
const sending = (clientMessageId = 'mine', content = 'How much?'): SessionAction => ({ type: 'sending', clientMessageId, content, at: AT });

function play(steps: (ChatEvent | SessionAction)[], from: SessionState = openSession(session())): SessionState {
  return steps.map((step): SessionAction => ('name' in step ? { type: 'event', event: step, at: AT } : step)).reduce(reduce, from);
}

function textOf(state: SessionState, id = 'a'): string | undefined {
  return state.messages.find((m) => m.id === id)?.text.shown;
}

describe('an answer', () => {
  it('is its pieces joined in order', () => {
    expect(textOf(play([started(1), delta(2, 'Tint '), delta(3, 'costs '), delta(4, '$499.')]))).toBe('Tint costs $499.');
  });

  it('says nothing twice when a frame comes over two streams', () => {
    expect(textOf(play([started(1), delta(2, 'Tint '), delta(2, 'Tint '), delta(3, 'costs'), delta(2, 'Tint ')]))).toBe('Tint costs');
  });

  it('is in order when one stream is ahead of the other', () => {
    expect(textOf(play([delta(4, 'three'), started(1), delta(2, 'one '), delta(3, 'two ')]))).toBe('one two three');
  });

  it('stands at the place where it began, whichever frame came first', () => {
    const state = play([question(2), delta(5, 'late'), started(1)]);
    expect(state.messages.map((m) => m.id)).toEqual(['a', 'q']);
  });

  it("has the time of its question, whatever this device's clock says", () => {
    const state = play([question(1, { createdAt: '2026-11-24T09:30:00Z' }), started(2), delta(3, 'Tint')]);
    expect(state.messages.find((m) => m.id === 'a')?.createdAt).toBe('2026-11-24T09:30:00Z');
  });

  it('forgets what it had said when the model begins again', () => {
    expect(textOf(play([started(1), delta(2, 'Wrong'), restarted(3), delta(4, 'Right')]))).toBe('Right');
  });

  it('does not take back a voided piece that comes late', () => {
    expect(textOf(play([started(1), restarted(3), delta(4, 'Right'), delta(2, 'Wrong'), restarted(3)]))).toBe('Right');
  });

  it('ends with the stored content, whatever was joined', () => {
    const state = play([started(1), delta(2, 'Tin'), completed(4, 'Tint costs $499.')]);
    expect(textOf(state)).toBe('Tint costs $499.');
    expect(state.messages[0]?.status).toBe('complete');
  });

  it('stays as it is when its pieces are replayed after its end', () => {
    const state = play([started(1), completed(4, 'Whole.'), delta(2, 'Wh'), restarted(3), interrupted(5)]);
    expect(textOf(state)).toBe('Whole.');
    expect(state.messages[0]?.status).toBe('complete');
  });

  it('keeps what was said when it is stopped', () => {
    const state = play([started(1), delta(2, 'Tint costs'), interrupted(3)]);
    expect(textOf(state)).toBe('Tint costs');
    expect(answerInProgress(state)).toBeUndefined();
  });

  it('is void when another one covers what was written since', () => {
    const state = play([started(1), delta(2, 'Tint'), restarted(3), superseded(4), delta(2, 'Tint')]);
    expect(textOf(state)).toBe('');
    expect(state.messages[0]?.status).toBe('superseded');
    expect(state.announcements).toEqual([]);
    expect(answerInProgress(state)).toBeUndefined();
  });

  it('takes a piece that another stream brings after the stop', () => {
    expect(textOf(play([started(1), delta(3, 'costs'), interrupted(4), delta(2, 'Tint ')]))).toBe('Tint costs');
  });

  it('shows that it failed', () => {
    expect(play([started(1), failed(2)]).messages[0]?.status).toBe('failed');
  });

  it('names the tool while it is used, and only then', () => {
    const using = play([started(1), tool(2, 'started')]);
    expect(using.messages[0]?.tool?.name).toBe('get_prices');
    expect(play([tool(3, 'finished')], using).messages[0]?.tool).toBeNull();
    expect(play([delta(3, 'Tint')], using).messages[0]?.tool).toBeNull();
  });
});

describe('a page opened in mid-answer', () => {
  const half = session({
    messages: [
      message({ id: 'q', seq: 7, role: 'customer', content: 'How much?' }),
      message({ id: 'a', seq: 8, status: 'streaming', content: 'Tint costs' }),
    ],
  });

  it('resumes after the frame that began the open answer', () => {
    expect(resumePoint(half)).toBe(8);
  });

  it('resumes after the last message when nothing is open', () => {
    expect(resumePoint(session({ messages: [message({ id: 'x', seq: 3 }), message({ id: 'y', seq: 9 })] }))).toBe(9);
    expect(resumePoint(session())).toBe(0);
  });

  it('resumes before a question that was sent during the answer', () => {
    const burst = session({ messages: [...half.messages, message({ id: 'q2', seq: 12, role: 'customer' })] });
    expect(resumePoint(burst)).toBe(8);
  });

  it('shows at once what was stored, and never less while the replay catches up', () => {
    let state = openSession(half);
    expect(textOf(state)).toBe('Tint costs');
    state = play([delta(9, 'Tint ')], state);
    expect(textOf(state)).toBe('Tint costs');
    state = play([delta(10, 'costs'), delta(11, ' $499.')], state);
    expect(textOf(state)).toBe('Tint costs $499.');
  });

  it('drops the stored beginning when the replay says that it is void', () => {
    expect(textOf(play([delta(9, 'Tint costs'), restarted(10), delta(11, 'It')], openSession(half)))).toBe('It');
  });
});

describe('an own message', () => {
  it('appears at once, at the end', () => {
    const state = play([sending()], openSession(session({ messages: [message({ id: 'x', seq: 5 })] })));
    expect(state.messages.at(-1)).toMatchObject({ key: 'mine', id: null, delivery: { state: 'sending' } });
  });

  it('keeps its key and takes its place in the history when it is stored', () => {
    const state = play([sending(), question(6, { clientMessageId: 'mine' })]);
    expect(state.messages).toHaveLength(1);
    expect(state.messages[0]).toMatchObject({ key: 'mine', id: 'q', seq: 6, delivery: { state: 'sent' } });
  });

  it('is known by its words where the server does not repeat our id', () => {
    expect(play([sending(), question(6)]).messages).toHaveLength(1);
  });

  it('is stored once though two streams say so', () => {
    expect(play([sending(), question(6, { clientMessageId: 'mine' }), question(6, { clientMessageId: 'mine' })]).messages).toHaveLength(1);
  });

  it('waits for an answer, until it begins', () => {
    const stored = play([sending(), question(6)]);
    expect(stored.awaitingAnswer).toBe(true);
    expect(play([started(7)], stored).awaitingAnswer).toBe(false);
  });

  it('waits for no answer of the assistant while a person answers', () => {
    expect(play([mode(1, 'human'), sending(), question(6)]).awaitingAnswer).toBe(false);
  });

  it('can fail, and be sent again under the same id', () => {
    let state = play([sending(), { type: 'send.failed', clientMessageId: 'mine', failure: 'network' }]);
    expect(state.messages[0]?.delivery).toEqual({ state: 'failed', failure: 'network' });
    state = reduce(state, sending());
    expect(state.messages).toHaveLength(1);
    expect(state.messages[0]?.delivery.state).toBe('sending');
  });

  it('cannot fail once it is stored', () => {
    const state = play([sending(), question(6), { type: 'send.failed', clientMessageId: 'mine', failure: 'network' }]);
    expect(state.messages[0]?.delivery.state).toBe('sent');
  });

  it('left over from before a reload joins the one in the history', () => {
    const loaded = openSession(session({ messages: [message({ id: 'q', seq: 6, role: 'customer', content: 'How much?' })] }));
    expect(play([sending(), question(6, { clientMessageId: 'mine' })], loaded).messages.map((m) => m.id)).toEqual(['q']);
  });
});

describe('the session', () => {
  it('takes the mode of the newest frame', () => {
    expect(play([mode(5, 'closed'), mode(3, 'human')]).mode).toBe('closed');
  });

  it('shows messages from elsewhere in the order of the history', () => {
    const staff = created(message({ id: 's', seq: 4, role: 'staff', content: 'Mike here.' }));
    expect(play([question(6), staff]).messages.map((m) => m.id)).toEqual(['s', 'q']);
  });

  it('has an earlier part when its first event is not shown, until that is loaded', () => {
    const loaded = openSession(session({ messages: [message({ id: 'x', seq: 9 })] }));
    expect(loaded.hasEarlier).toBe(true);
    const more = reduce(loaded, { type: 'earlier', page: { items: [message({ id: 'w', seq: 1 })], nextCursor: null } });
    expect(more.messages.map((m) => m.id)).toEqual(['w', 'x']);
    expect(more.hasEarlier).toBe(false);
    expect(openSession(session()).hasEarlier).toBe(false);
  });

  it('announces a finished answer once, and no piece of it', () => {
    const streaming = play([started(1), delta(2, 'Tint'), delta(3, ' costs')]);
    expect(streaming.announcements).toEqual([]);
    const done = play([completed(4, 'Tint costs.'), completed(4, 'Tint costs.')], streaming);
    expect(done.announcements.map((a) => a.text)).toEqual(['Tint costs.']);
  });

  it('announces neither the history nor the own message', () => {
    const loaded = openSession(session({ messages: [message({ id: 'a', seq: 1, content: 'Old.' })] }));
    expect(play([completed(3, 'Old.'), sending(), question(6)], loaded).announcements).toEqual([]);
  });

  it('taken in again keeps what only this page knows and ends what has ended', () => {
    const before = play([sending('unsent', 'Hello?'), started(1), delta(2, 'Ti')]);
    const after = reduce(before, {
      type: 'session',
      session: session({ mode: 'human', messages: [message({ id: 'a', seq: 1, content: 'Tint.' }), message({ id: 's', seq: 5, role: 'staff' })] }),
    });
    expect(after.messages.map((m) => m.key)).toEqual(['a', 's', 'unsent']);
    expect(textOf(after)).toBe('Tint.');
    expect(after.mode).toBe('human');
  });

  it('keeps the mode that came while an older picture was on its way', () => {
    const before = play([mode(5, 'ai')]);
    const after = play([mode(7, 'human')], before);
    expect(reduce(after, { type: 'session', session: session({ mode: 'ai' }), modeSeq: before.modeSeq }).mode).toBe('human');
    expect(reduce(after, { type: 'session', session: session({ mode: 'closed' }), modeSeq: 7 }).mode).toBe('closed');
  });

  it('says that pictures came, with words or without', () => {
    const { messages } = openSession(session({ messages: [message({ id: 'x', seq: 1, pictures: 2 }), message({ id: 'y', seq: 2, content: 'My car', pictures: 1 })] }));
    expect(messages.map((m) => m.text.shown)).toEqual(['(picture)', 'My car\n(picture)']);
  });

  it('knows whether a person has come since they took over', () => {
    const staff = (seq: number) => message({ id: `s${seq}`, seq, role: 'staff', content: 'Mike here.' });
    const answer = message({ id: 'a', seq: 3, content: 'Yes.' });
    expect(personIsHere(openSession(session({ mode: 'human', messages: [staff(2), answer] })))).toBe(false);
    expect(personIsHere(openSession(session({ mode: 'human', messages: [answer, staff(4)] })))).toBe(true);
    const takenAgain = play([mode(6, 'human')], openSession(session({ messages: [answer, staff(4)] })));
    expect(personIsHere(takenAgain)).toBe(false);
    expect(personIsHere(play([created(staff(7))], takenAgain))).toBe(true);
  });

  it('is not drawn again when nothing changed', () => {
    const state = play([started(1), completed(2, 'Whole.')]);
    expect(reduce(state, { type: 'send.ended' })).toBe(state);
    expect(play([delta(1, 'x')], state)).toBe(state);
  });
});
