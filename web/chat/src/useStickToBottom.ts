import { useCallback, useEffect, useLayoutEffect, useRef, useState, type RefObject } from 'react';

/** Within this many pixels of the end, the reader is following along. */
const NEAR_PX = 64;

export interface StickToBottom {
  scroller: RefObject<HTMLDivElement | null>;
  content: RefObject<HTMLDivElement | null>;
  /** Something came below what the reader is looking at. */
  behind: boolean;
  toBottom(): void;
  /** What comes next is added above: the reader keeps looking at the same lines. */
  holdPlace(): void;
}

/**
 * Keeps the end in view while the reader is there, and leaves a reader who scrolled up alone.
 * @param newest what stands last: only another one is worth a word to who reads further up
 */
export function useStickToBottom(changes: unknown, newest: string | undefined): StickToBottom {
  const scroller = useRef<HTMLDivElement>(null);
  const content = useRef<HTMLDivElement>(null);
  const following = useRef(true);
  /** Distance from the end of the content to keep through the next change. */
  const held = useRef<number | null>(null);
  const seen = useRef(newest);
  const [behind, setBehind] = useState(false);

  const toBottom = useCallback(() => {
    following.current = true;
    setBehind(false);
    scroller.current?.scrollTo?.({ top: scroller.current.scrollHeight });
  }, []);

  const holdPlace = useCallback(() => {
    const element = scroller.current;
    held.current = element && element.scrollHeight - element.scrollTop;
  }, []);

  useEffect(() => {
    const element = scroller.current;
    if (!element) {
      return;
    }
    let top = element.scrollTop;
    let height = element.scrollHeight;
    const scrolled = () => {
      const left = element.scrollHeight - element.scrollTop - element.clientHeight;
      // Up by the reader's hand, were it a little: a text that grows must not pull them back. What became shorter moves up by itself.
      const isUp = element.scrollTop < top && element.scrollHeight >= height && left > 1;
      top = element.scrollTop;
      height = element.scrollHeight;
      following.current = !isUp && left < NEAR_PX;
      if (following.current) {
        setBehind(false);
      }
    };
    const wheeled = (event: WheelEvent) => {
      if (event.deltaY < 0 && !event.ctrlKey && element.scrollTop > 0) {
        following.current = false;
      }
    };
    element.addEventListener('scroll', scrolled, { passive: true });
    element.addEventListener('wheel', wheeled, { passive: true });
    return () => {
      element.removeEventListener('scroll', scrolled);
      element.removeEventListener('wheel', wheeled);
    };
  }, []);

  useLayoutEffect(() => {
    const element = scroller.current;
    if (element && held.current !== null) {
      element.scrollTop = element.scrollHeight - held.current;
      held.current = null;
    } else if (following.current) {
      toBottom();
    } else if (newest !== seen.current) {
      setBehind(true);
    }
    seen.current = newest;
  }, [changes, newest, toBottom]);

  // A keyboard that opens, or a field that grows, takes height away without any change of content.
  useEffect(() => {
    if (typeof ResizeObserver === 'undefined' || !scroller.current || !content.current) {
      return;
    }
    const observer = new ResizeObserver(() => {
      if (following.current) {
        toBottom();
      }
    });
    observer.observe(scroller.current);
    observer.observe(content.current);
    return () => observer.disconnect();
  }, [toBottom]);

  return { scroller, content, behind, toBottom, holdPlace };
}
