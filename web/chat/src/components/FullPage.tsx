import type { ReactNode } from 'react';

/** A page with one thing to say. */
export function FullPage({ icon, title, children }: { icon: ReactNode; title: string; children: ReactNode }) {
  return (
    <main className="pad-sides-safe mx-auto flex min-h-dvh max-w-md flex-col items-center justify-center gap-3 py-12 text-center">
      <div className="mb-2 grid size-16 place-items-center rounded-full bg-tint text-link">{icon}</div>
      <h1 className="text-xl font-semibold text-balance">{title}</h1>
      {children}
    </main>
  );
}
