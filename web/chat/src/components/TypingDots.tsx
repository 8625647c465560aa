const DOT = 'size-1.5 rounded-full bg-current opacity-50 motion-safe:animate-dot';

export function TypingDots() {
  return (
    <span aria-hidden className="inline-flex h-6 items-center gap-1 text-muted">
      <span className={DOT} />
      <span className={`${DOT} [animation-delay:150ms]`} />
      <span className={`${DOT} [animation-delay:300ms]`} />
    </span>
  );
}
