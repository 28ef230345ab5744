import { defineConfig, type Plugin } from 'vite';

/** Everything is served below /console by the stack itself (lambdas/platform/console). */
export default defineConfig({
  base: '/console/',
  plugins: [withoutFonts()],
  build: {
    target: 'es2023',
    emptyOutDir: true,
    // A small picture written into a style sheet would need an exception in the content security policy.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    // Cloudscape is one large package; the budget is tested compressed (test/packages/console/budget.test.ts).
    chunkSizeWarningLimit: 2000,
  },
});

/** Leaves out Open Sans, which Cloudscape's global styles carry: 140 KB before the first word, and no Chinese in it. */
function withoutFonts(): Plugin {
  return {
    name: 'without-fonts',
    enforce: 'pre',
    transform: (code, id) =>
      id.includes('global-styles/index.css') ? code.replaceAll(/@font-face\s*\{[^}]*\}/g, '') : undefined,
  };
}
