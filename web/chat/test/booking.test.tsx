import { fireEvent, screen } from '@testing-library/react';
import { describe, expect, it } from 'vitest';
import { booking, json, session } from './fakeServer';
import { conversation, open, pass, server, tell, useFreshPage } from './page';

useFreshPage();

const held = booking();
const { timezone: _, ...told } = held;
const heldEvent = { name: 'booking.held', seq: 5, data: { ...told, expiresAt: '2026-11-23T16:10:00Z' } } as const;
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
    expect(conversation().getByText('Not booked yet. It is yours until 10:10 AM.')).toBeTruthy();
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
    server.onSession = () => json(200, session({ bookings: [booking({ status: 'confirmed', expiresAt: null })] }));
    fireEvent.click(button('Confirm'));
    await pass();
    expect(posted()).toEqual(['confirmation']);
    expect(screen.queryByRole('button', { name: 'Confirm' })).toBeNull();
    expect(conversation().getByText('Your appointment')).toBeTruthy();
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
    server.onExchange = () => json(201, session({ bookings: [booking({ status: 'confirmed', expiresAt: null })] }));
    await open();
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
    const card = () => conversation().getByText('Full Car Ceramic Tint').closest('li');
    server.onSession = () => json(200, session({ bookings: [booking({ status: 'confirmed', expiresAt: null })] }));
    button('Confirm').focus();
    fireEvent.click(button('Confirm'));
    expect(document.activeElement).toBe(button('Confirm'));
    expect(button('Confirm').getAttribute('aria-disabled')).toBe('true');
    fireEvent.click(button('Cancel'));
    await pass();
    expect(posted()).toEqual(['confirmation']);
    expect(document.activeElement).toBe(card());
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
    server.onExchange = () => json(201, session({ bookings: [booking({ status: 'confirmed', expiresAt: null })] }));
    server.onTap = () => json(409, {});
    await open();
    fireEvent.click(button('Cancel this appointment'));
    fireEvent.click(button('Yes, cancel it'));
    await pass();
    expect(screen.getByRole('alert').textContent).toMatch(/call the shop/);
  });

  it('says when the tap did not get through', async () => {
    server.onExchange = () => json(201, session({ bookings: [held] }));
    server.onSession = () => json(200, session({ bookings: [held] }));
    server.onTap = () => new TypeError('Failed to fetch');
    await open();
    fireEvent.click(button('Confirm'));
    await pass();
    expect(screen.getByRole('alert').textContent).toMatch(/did not get through/);
  });

  it('is at the hour of its own shop', async () => {
    server.onExchange = () => json(201, session({ bookings: [booking({ timezone: 'America/Phoenix' })] }));
    await open();
    expect(conversation().getByText('Tuesday, November 24 at 9:00 AM MST')).toBeTruthy();
  });
});
