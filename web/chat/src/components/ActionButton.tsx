import { useLayoutEffect, useRef, useState, type ReactNode } from 'react';

interface ActionButtonProps {
  /** For a button that shows only a picture. */
  label?: string;
  className: string;
  /** Something else is at work that this would get into the way of. */
  waits?: boolean;
  children: ReactNode;
  onAct(): Promise<void>;
  /** Called when the button goes away while it has the focus, which must not be lost. */
  onGone(): void;
}

/** A button that works for a while, is pressed once at a time, and may disappear when it is done. */
export function ActionButton({ label, className, waits = false, children, onAct, onGone }: ActionButtonProps) {
  const button = useRef<HTMLButtonElement>(null);
  const gone = useRef(onGone);
  const [busy, setBusy] = useState(false);

  // A layout effect: it ends while the button is still in the document.
  useLayoutEffect(() => {
    const element = button.current;
    return () => {
      if (element !== null && document.activeElement === element) {
        gone.current();
      }
    };
  }, []);

  const press = () => {
    if (!busy && !waits) {
      setBusy(true);
      void onAct().finally(() => setBusy(false));
    }
  };

  return (
    <button ref={button} type="button" aria-label={label} title={label} aria-disabled={busy || waits} onClick={press} className={className}>
      {children}
    </button>
  );
}
