import { fireEvent, screen } from '@testing-library/react';
import { describe, expect, it, vi } from 'vitest';
import { booking, json, offline, session } from './fakeServer';
import { conversation, open, pass, server, tell, useFreshPage } from './page';

useFreshPage();

const held = booking();
const { timezone: _, ...told } = held;
const heldEvent = { name: 'booking.held', seq: 5, data: { ...told, expiresAt: '2026-11-23T16:10:00Z' } } as const;
const confirmed = booking({ status: 'confirmed', expiresAt: null });
const openLine = () => fireEvent.click(screen.getByText(/^Your appointment:/));
const button = (name: string) => screen.getByRole('button', { name }) as HTMLButtonElement;
const posted = () => server.calls.filter((call) => call.method === 'POST' && call.url.includes('/bookings/')).map((call) => call.url.split('/').at(-1));

describe('a booking', () => {
  it('shows what is held, in the time of the shop, as soon as it is told', async () => {
    await open();
    server.onSession = () => json(200, session({ bookings: [held] }));
    await tell(server.live[0], heldEvent);
    expect(conversation().getByText('Full Car Ceramic Tint')).toBeTruthy();
    expect(conversation().getByText('Tuesday, November 24 at 10:00 AM CST')).toBeTruthy();
    expect(conversation().getByText('$399.00')).toBeTruthy();
    expect(conversation().getByText('Not booked yet. It is yours until 10:10 AM CST.')).toBeTruthy();
    expect(posted()).toEqual([]);
  });

  it('speaks the language that the customer writes', async () => {
    server.onExchange = () => json(201, session({ bookings: [held], language: 'es' }));
    await open();
    expect(button('Confirmar')).toBeTruthy();
    expect(screen.getByText('¡Hola, Anna!')).toBeTruthy();
    expect(screen.getByText(/^martes, 24 de noviembre/)).toBeTruthy();
    expect(document.documentElement.lang).toBe('es');
  });

  it('is booked by the tap on Confirm alone, and can then go to the calendar', async () => {
    server.onExchange = () => json(201, session({ bookings: [held] }));
    await open();
    server.onSession = () => json(200, session({ bookings: [confirmed] }));
    fireEvent.click(button('Confirm'));
    await pass();
    expect(posted()).toEqual(['confirmation']);
    expect(screen.queryByRole('button', { name: 'Confirm' })).toBeNull();
    expect(conversation().queryByText('Full Car Ceramic Tint')).toBeNull();
    fireEvent.click(screen.getByText('Your appointment: Tue, Nov 24, 10:00 AM CST'));
    expect(screen.getByRole('link', { name: 'Add to your calendar' }).getAttribute('href')).toMatch(/bookings\/.*\/calendar$/);
  });

  it('survives a reload, and is gone when it was given back', async () => {
    server.onExchange = () => json(201, session({ bookings: [held] }));
    await open();
    fireEvent.click(button('Cancel'));
    await pass();
    expect(posted()).toEqual(['cancellation']);
    expect(conversation().queryByText('Full Car Ceramic Tint')).toBeNull();
  });

  it('asks once more before an appointment is cancelled', async () => {
    server.onExchange = () => json(201, session({ bookings: [confirmed] }));
    await open();
    openLine();
    fireEvent.click(button('Cancel this appointment'));
    fireEvent.click(button('Keep it'));
    expect(posted()).toEqual([]);
    fireEvent.click(button('Cancel this appointment'));
    fireEvent.click(button('Yes, cancel it'));
    await pass();
    expect(posted()).toEqual(['cancellation']);
  });

  it('keeps the focus at its card when the button that was pressed makes room for others', async () => {
    server.onExchange = () => json(201, session({ bookings: [held] }));
    await open();
    const card = () => screen.getByText('Full Car Ceramic Tint').closest('li');
    server.onSession = () => json(200, session({ bookings: [confirmed] }));
    button('Confirm').focus();
    fireEvent.click(button('Confirm'));
    expect(document.activeElement).toBe(button('Confirm'));
    expect(button('Confirm').getAttribute('aria-disabled')).toBe('true');
    fireEvent.click(button('Cancel'));
    await pass();
    expect(posted()).toEqual(['confirmation']);
    expect(document.activeElement?.textContent).toMatch(/^Your appointment: Tue/);
    openLine();
    button('Cancel this appointment').focus();
    fireEvent.click(button('Cancel this appointment'));
    expect(document.activeElement).toBe(card());
    button('Keep it').focus();
    fireEvent.click(button('Keep it'));
    expect(document.activeElement).toBe(card());
  });

  it('gives the focus to the conversation when its card goes away', async () => {
    server.onExchange = () => json(201, session({ bookings: [held] }));
    server.onSession = () => json(200, session({ bookings: [] }));
    await open();
    button('Cancel').focus();
    fireEvent.click(button('Cancel'));
    await pass();
    expect(conversation().queryByText('Full Car Ceramic Tint')).toBeNull();
    expect(document.activeElement).toBe(screen.getByRole('region', { name: 'Conversation' }));
  });

  it('breaks any long word, as all of the conversation does', async () => {
    server.onExchange = () => json(201, session({ bookings: [held] }));
    server.onSession = () => json(200, session({ bookings: [] }));
    server.onTap = () => json(409, {});
    await open();
    const breaks = (element: Element) => element.closest('.wrap-anywhere') !== null;
    expect(breaks(conversation().getByText('Hi Anna!'))).toBe(true);
    expect(breaks(conversation().getByText('Full Car Ceramic Tint'))).toBe(true);
    fireEvent.click(button('Confirm'));
    await pass();
    expect(breaks(screen.getByRole('alert'))).toBe(true);
  });

  it('that came too late says so, although its card is gone, until there is something newer', async () => {
    server.onExchange = () => json(201, session({ bookings: [held] }));
    server.onSession = () => json(200, session({ bookings: [] }));
    server.onTap = () => json(409, {});
    await open();
    fireEvent.click(button('Confirm'));
    await pass();
    expect(screen.queryByRole('button', { name: 'Confirm' })).toBeNull();
    expect(screen.getByRole('alert').textContent).toMatch(/not held any more.*Full Car Ceramic Tint, Tuesday, November 24 at 10:00/);
    server.onSession = () => json(200, session({ bookings: [booking({ bookingId: '01999999-0000-7000-8000-00000000000a' })] }));
    await tell(server.live[0], heldEvent);
    expect(screen.queryByRole('alert')).toBeNull();
    expect(button('Confirm')).toBeTruthy();
  });

  it('whose time the shop gave away says which others were free', async () => {
    server.onExchange = () => json(201, session({ bookings: [held] }));
    server.onSession = () => json(200, session({ bookings: [] }));
    server.onTap = () => json(409, { reason: 'slot_taken', alternatives: ['2026-11-24T17:00:00Z', '2026-11-24T18:00:00Z'] });
    await open();
    fireEvent.click(button('Confirm'));
    await pass();
    expect(screen.getByRole('alert').textContent).toMatch(/Somebody else got this time.*11:00 AM CST.*12:00 PM CST/);
  });

  it('that cannot be cancelled any more says whom to call', async () => {
    server.onExchange = () => json(201, session({ bookings: [confirmed] }));
    server.onTap = () => json(409, {});
    await open();
    openLine();
    fireEvent.click(button('Cancel this appointment'));
    fireEvent.click(button('Yes, cancel it'));
    await pass();
    expect(screen.getByRole('alert').textContent).toMatch(/call the shop/);
  });

  it('says when the tap did not get through', async () => {
    server.onExchange = () => json(201, session({ bookings: [held] }));
    server.onSession = () => json(200, session({ bookings: [held] }));
    server.onTap = offline;
    await open();
    fireEvent.click(button('Confirm'));
    await pass();
    expect(screen.getByRole('alert').textContent).toMatch(/did not get through/);
  });

  it('is booked though the answer to the tap was lost, and says nothing else', async () => {
    server.onExchange = () => json(201, session({ bookings: [held] }));
    server.onSession = () => json(200, session({ bookings: [confirmed] }));
    server.onTap = offline;
    await open();
    fireEvent.click(button('Confirm'));
    await pass();
    expect(screen.getByText(/^Your appointment: Tue/)).toBeTruthy();
    expect(screen.queryByRole('alert')).toBeNull();
  });

  it('is given back though the answer to the tap was lost', async () => {
    server.onExchange = () => json(201, session({ bookings: [held] }));
    server.onTap = offline;
    await open();
    fireEvent.click(button('Cancel'));
    await pass();
    expect(conversation().queryByText('Full Car Ceramic Tint')).toBeNull();
    expect(screen.queryByRole('alert')).toBeNull();
  });

  it('waits for the answer to a tap no longer than twenty seconds', async () => {
    server.onExchange = () => json(201, session({ bookings: [held] }));
    server.onSession = () => json(200, session({ bookings: [held] }));
    server.onTap = () => 'never';
    await open();
    fireEvent.click(button('Confirm'));
    await pass(19_000);
    expect(button('Confirm').getAttribute('aria-disabled')).toBe('true');
    await pass(1000);
    expect(screen.getByRole('alert').textContent).toMatch(/did not get through/);
    expect(button('Confirm').getAttribute('aria-disabled')).toBe('false');
  });

  it.each([400, 403, 500])('is not called lost for an answer of %i', async (status) => {
    server.onExchange = () => json(201, session({ bookings: [held] }));
    server.onSession = () => json(200, session({ bookings: [held] }));
    server.onTap = () => json(status, {});
    await open();
    fireEvent.click(button('Confirm'));
    await pass();
    expect(screen.getByRole('alert').textContent).toMatch(/did not get through/);
  });

  it('is tapped once more when the cookie had run out and the link opened the session again', async () => {
    server.onExchange = () => json(201, session({ bookings: [held] }));
    server.onSession = () => json(200, session({ bookings: [confirmed] }));
    server.onTap = () => json(401, {});
    await open();
    server.onExchange = () => {
      server.onTap = () => json(200, confirmed);
      return json(201, session({ bookings: [held] }));
    };
    fireEvent.click(button('Confirm'));
    await pass();
    expect(posted()).toEqual(['confirmation', 'confirmation']);
    expect(screen.getByText(/^Your appointment: Tue/)).toBeTruthy();
    expect(screen.queryByRole('alert')).toBeNull();
  });

  it('appears though the first reads of it failed', async () => {
    await open();
    server.onSession = offline;
    await tell(server.live[0], heldEvent);
    expect(conversation().queryByText('Full Car Ceramic Tint')).toBeNull();
    server.onSession = () => json(200, session({ bookings: [held] }));
    await pass(5000);
    expect(conversation().getByText('Full Car Ceramic Tint')).toBeTruthy();
  });

  it('shows what the newest read that got through has brought', async () => {
    await open();
    let answers = 0;
    server.onSession = () => ((answers += 1) === 1 ? json(200, session({ bookings: [held] })) : offline());
    await tell(server.live[0], heldEvent, { ...heldEvent, seq: 6 });
    expect(conversation().getByText('Full Car Ceramic Tint')).toBeTruthy();
  });

  it.each([
    ['is asked', false],
    ['cannot be asked', true],
  ])('is no longer offered when its hold has ended by the clock of the server, which %s', async (_case, isAway) => {
    const begun = Date.parse('2031-01-01T00:00:00Z');
    vi.setSystemTime(begun);
    const picture = () => {
      const now = new Date(Date.parse('2026-11-23T16:05:00Z') + Date.now() - begun).toISOString();
      return session({ now, bookings: now < '2026-11-23T16:10:00' ? [held] : [] });
    };
    server.onExchange = () => json(201, picture());
    server.onSession = () => (isAway ? offline() : json(200, picture()));
    await open();
    await pass(5 * 60_000);
    expect(button('Confirm')).toBeTruthy();
    await pass(25_000);
    expect(screen.queryByRole('button', { name: 'Confirm' })).toBeNull();
    expect(screen.getByRole('alert').textContent).toMatch(/not held any more.*Full Car Ceramic Tint/);
  });

  it('that is booked is one line above the conversation, which does not move the newest message', async () => {
    server.onExchange = () => json(201, session({ bookings: [confirmed, booking({ bookingId: 'b2', status: 'confirmed', expiresAt: null })] }));
    await open();
    const line = screen.getByText('Your 2 appointments, the next one: Tue, Nov 24, 10:00 AM CST');
    expect(line.closest('details')?.open).toBe(false);
    expect(conversation().queryByText('Full Car Ceramic Tint')).toBeNull();
  });

  it('that takes the place of another says so', async () => {
    const other = booking({ bookingId: 'b2', replacesId: confirmed.bookingId, startsAt: '2026-11-25T19:00:00Z' });
    server.onExchange = () => json(201, session({ bookings: [confirmed, other] }));
    await open();
    expect(conversation().getByText('When you confirm, it takes the place of your appointment on Tuesday, November 24 at 10:00 AM CST.')).toBeTruthy();
    expect(button('Confirm')).toBeTruthy();
  });

  it('is at the hour of its own shop', async () => {
    server.onExchange = () => json(201, session({ bookings: [booking({ timezone: 'America/Phoenix' })] }));
    await open();
    expect(conversation().getByText('Tuesday, November 24 at 9:00 AM MST')).toBeTruthy();
  });
});
