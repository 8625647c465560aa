/** Something that React reads as a store. */
export class ViewStore<View> {
  private readonly listeners = new Set<() => void>();
  private notifying = false;

  constructor(private view: View) {}

  readonly subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };

  readonly get = (): View => this.view;

  /** Pieces of an answer come faster than a screen is drawn: one rendering per frame is enough. */
  set(view: View): void {
    this.view = view;
    if (this.notifying) {
      return;
    }
    this.notifying = true;
    const notify = () => {
      this.notifying = false;
      this.listeners.forEach((listener) => listener());
    };
    if (document.visibilityState === 'hidden') {
      setTimeout(notify, 0);
    } else {
      requestAnimationFrame(notify);
    }
  }
}
