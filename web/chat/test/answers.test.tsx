import { fireEvent, screen } from '@testing-library/react';
import { describe, expect, it } from 'vitest';
import { completed, created, delta, failed, interrupted, started } from './events';
import type { ChatEvent } from '../src/wire';
import { json, message, offline, session, SESSION_ID } from './fakeServer';
import { conversation, field, log, open, pass, server, stored, tell, write, useFreshPage } from './page';

useFreshPage();

describe('an answer', () => {
  it('appears word by word, over whichever stream is first, without a repeat', async () => {
    await open();
    await write('How much?');
    const begun = [created(stored(1)), started(2)];
    await tell(server.posts[0], ...begun, delta(3, 'Tint '));
    await tell(server.live[0], ...begun, delta(3, 'Tint '), delta(4, 'costs '));
    await tell(server.posts[0], delta(4, 'costs '), delta(5, '**$499**.'));
    expect(conversation().getByText('$499').parentElement?.textContent).toBe('Tint costs $499.');
  });

  it('goes on with no gap and no repeat when its line is cut', async () => {
    await open();
    await tell(server.live[0], started(1), delta(2, 'Tint '));
    server.live[0]?.cut();
    await pass(1000);
    expect(server.callsTo('/stream').at(-1)?.url).toMatch(/after=2$/);
    await tell(server.live[1], delta(3, 'costs $499.'));
    expect(conversation().getByText('Tint costs $499.')).toBeTruthy();
  });

  it('keeps its place through a reload', async () => {
    const half = message({ id: 'a', seq: 2, status: 'streaming', content: 'Tint costs' });
    server.onExchange = () => json(201, session({ messages: [message({ id: 'q', seq: 1, role: 'customer', content: 'How much?' }), half] }));
    await open();
    expect(conversation().getByText('Tint costs')).toBeTruthy();
    expect(server.callsTo('/stream')[0]?.url).toMatch(/after=2$/);
    await tell(server.live[0], delta(3, 'Tint '), delta(4, 'costs '), delta(5, '$499.'));
    await tell(server.live[0], completed(6, 'Tint costs $499.'));
    expect(conversation().getByText('Tint costs $499.')).toBeTruthy();
    expect(screen.queryByRole('button', { name: 'Stop answering' })).toBeNull();
  });

  it('is announced once when it is finished, and not word by word', async () => {
    await open();
    await tell(server.live[0], started(1), delta(2, 'Tint '), delta(3, 'costs '));
    expect(log().textContent).toBe('');
    expect(screen.getByText('The assistant is writing')).toBeTruthy();
    const end = completed(4, 'Tint costs $499.');
    await tell(server.live[0], end, end);
    expect(log().textContent).toBe('Assistant: Tint costs $499.');
    expect(log().getAttribute('aria-live')).toBe('polite');
    expect(screen.getByRole('region', { name: 'Conversation' }).closest('[aria-live]')).toBeNull();
  });

  it('can be stopped, and gives the focus back to the field', async () => {
    await open();
    await tell(server.live[0], started(1), delta(2, 'Tint'));
    const stop = screen.getByRole('button', { name: 'Stop answering' });
    stop.focus();
    fireEvent.click(stop);
    await pass();
    expect(server.callsTo('/stop', 'POST')[0]).toMatchObject({ url: `/api/chat/sessions/${SESSION_ID}/stop`, body: {} });
    await tell(server.live[0], interrupted(3));
    expect(screen.queryByRole('button', { name: 'Stop answering' })).toBeNull();
    expect(conversation().getByText(/The answer ended here/)).toBeTruthy();
    expect(document.activeElement).toBe(field());
  });

  it('that could not be stopped says so', async () => {
    server.onStop = offline;
    await open();
    await tell(server.live[0], started(1), delta(2, 'Tint'));
    fireEvent.click(screen.getByRole('button', { name: 'Stop answering' }));
    await pass();
    expect(screen.getByRole('alert').textContent).toMatch(/did not get through/);
  });

  it('that was stopped before its first word is neither shown nor read aloud', async () => {
    await open();
    await write('How much?');
    await tell(server.posts[0], created(stored(1)), started(2), interrupted(3));
    expect(conversation().queryByText(/ended here/)).toBeNull();
    expect(conversation().getAllByRole('listitem')).toHaveLength(1);
    expect(log().textContent).toBe('');
    expect(screen.queryByText('The assistant is writing')).toBeNull();
  });

  it('that was lost before its first word is waited for once more', async () => {
    await open();
    await write('How much?');
    await tell(server.posts[0], created(stored(1)), started(2), interrupted(3, 'owner_lost'));
    server.posts[0]?.end();
    await pass();
    expect(screen.getByText('The assistant is writing')).toBeTruthy();
    await tell(server.live[0], ...[{ ...started(4), data: { messageId: 'b', coversSeq: 1 } }, { ...interrupted(5, 'owner_lost'), data: { messageId: 'b', reason: 'owner_lost' } }] as ChatEvent[]);
    expect(screen.queryByText('The assistant is writing')).toBeNull();
  });

  it('that fails says so and what to do', async () => {
    await open();
    await tell(server.live[0], started(1));
    await tell(server.live[0], failed(2));
    expect(conversation().getByText(/could not answer this/)).toBeTruthy();
  });

  it('cannot bring markup or a foreign link into the page', async () => {
    await open();
    const content = '<img src=x onerror=alert(1)> [here](https://evil.example) [call](tel:+15125550123)';
    await tell(server.live[0], completed(2, content));
    expect(document.querySelector('img')).toBeNull();
    expect(conversation().queryByRole('link', { name: 'here' })).toBeNull();
    expect(conversation().getByRole('link', { name: 'call' }).getAttribute('href')).toBe('tel:+15125550123');
  });

  it('is read aloud as it is shown, a text with its link too', async () => {
    await open();
    await tell(server.live[0], created(message({ id: 's', seq: 1, role: 'staff', channel: 'sms', content: 'Chat here: {link}' })));
    expect(log().textContent).toBe('The shop: Chat here: (link to this chat)');
  });

  it('is written in the direction of its own letters', async () => {
    await open();
    await tell(server.live[0], completed(2, 'مرحبا\n\n- واحد'));
    expect(conversation().getByText('مرحبا').getAttribute('dir')).toBe('auto');
    expect(conversation().getByText('واحد').closest('li')?.getAttribute('dir')).toBe('auto');
    expect(field().getAttribute('dir')).toBe('auto');
  });

  it('that was superseded before it said anything is not shown', async () => {
    server.onExchange = () => json(201, session({ messages: [message({ id: 'a', seq: 1, status: 'superseded' })] }));
    await open();
    expect(conversation().queryAllByRole('listitem')).toHaveLength(0);
  });
});
