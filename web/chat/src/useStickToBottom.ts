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

/** Keeps the end in view while the reader is there, and leaves a reader who scrolled up alone. */
export function useStickToBottom(changes: unknown): StickToBottom {
  const scroller = useRef<HTMLDivElement>(null);
  const content = useRef<HTMLDivElement>(null);
  const following = useRef(true);
  /** Distance from the end of the content to keep through the next change. */
  const held = useRef<number | null>(null);
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
    const scrolled = () => {
      following.current = element.scrollHeight - element.scrollTop - element.clientHeight < NEAR_PX;
      if (following.current) {
        setBehind(false);
      }
    };
    element.addEventListener('scroll', scrolled, { passive: true });
    return () => element.removeEventListener('scroll', scrolled);
  }, []);

  useLayoutEffect(() => {
    const element = scroller.current;
    if (element && held.current !== null) {
      element.scrollTop = element.scrollHeight - held.current;
      held.current = null;
    } else if (following.current) {
      toBottom();
    } else {
      setBehind(true);
    }
  }, [changes, toBottom]);

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
