import { act, cleanup, fireEvent, render, screen } from '@testing-library/react';
import { afterEach, expect, it } from 'vitest';
import { useStickToBottom } from '../src/useStickToBottom';

afterEach(cleanup);

function Page({ height, newest }: { height: number; newest: string }) {
  const { scroller, content, behind } = useStickToBottom(height, newest);
  const measured = (element: HTMLDivElement | null) => {
    if (element) {
      Object.defineProperty(element, 'scrollHeight', { configurable: true, value: height });
      Object.defineProperty(element, 'clientHeight', { configurable: true, value: 500 });
      element.scrollTo = (options) => (element.scrollTop = Math.min((options as ScrollToOptions).top ?? 0, height - 500));
    }
    scroller.current = element;
  };
  return (
    <div ref={measured} data-testid="scroller">
      <div ref={content}>{behind && 'New messages'}</div>
    </div>
  );
}

const scroller = () => screen.getByTestId('scroller');

function scrollTo(top: number): void {
  act(() => {
    scroller().scrollTop = top;
    fireEvent.scroll(scroller());
  });
}

it('The end stays in view while the text grows', () => {
  const page = render(<Page height={1000} newest="a" />);
  page.rerender(<Page height={1100} newest="a" />);
  expect(scroller().scrollTop).toBe(600);
});

it('A reader who scrolls up a little is not pulled back by a text that grows, nor told of a new message', () => {
  const page = render(<Page height={1000} newest="a" />);
  scrollTo(500);
  scrollTo(480);
  page.rerender(<Page height={1040} newest="a" />);
  expect(scroller().scrollTop).toBe(480);
  scrollTo(465);
  page.rerender(<Page height={1080} newest="a" />);
  expect(scroller().scrollTop).toBe(465);
  expect(screen.queryByText('New messages')).toBeNull();
  page.rerender(<Page height={1180} newest="b" />);
  expect(screen.getByText('New messages')).toBeTruthy();
});

it('A reader who comes back to the end follows again', () => {
  const page = render(<Page height={1000} newest="a" />);
  scrollTo(500);
  scrollTo(400);
  scrollTo(470);
  page.rerender(<Page height={1100} newest="a" />);
  expect(scroller().scrollTop).toBe(600);
});

it('What becomes shorter moves up by itself: that is no reader', () => {
  const page = render(<Page height={1000} newest="a" />);
  scrollTo(500);
  page.rerender(<Page height={980} newest="a" />);
  scrollTo(480);
  page.rerender(<Page height={1100} newest="a" />);
  expect(scroller().scrollTop).toBe(600);
});
