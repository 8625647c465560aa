import tailwindcss from '@tailwindcss/vite';
import react from '@vitejs/plugin-react';
import type { Plugin } from 'vite';
import { defineConfig } from 'vitest/config';

const orchestrator = process.env.PUBLIC_URL ?? 'http://localhost:3000';

/** In development the page must also answer at /c/{code}, where the Orchestrator serves it otherwise. */
const chatLinks: Plugin = {
  name: 'chat-links',
  configureServer(server) {
    server.middlewares.use((request, _response, next) => {
      if (request.url?.startsWith('/c/')) {
        request.url = '/chat/index.html';
      }
      next();
    });
  },
};

export default defineConfig({
  base: '/chat/',
  plugins: [react(), tailwindcss(), chatLinks],
  build: {
    // The page's Content-Security-Policy allows neither inline scripts nor data: addresses.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
  },
  server: {
    port: 5173,
    strictPort: true,
    proxy: {
      // Cookie requests are accepted only from the public origin, which is not Vite's.
      '/api': { target: orchestrator, changeOrigin: true, headers: { origin: new URL(orchestrator).origin } },
    },
  },
  test: {
    environment: 'jsdom',
    include: ['test/**/*.test.{ts,tsx}'],
    restoreMocks: true,
    unstubGlobals: true,
  },
});
