import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import tailwindcss from '@tailwindcss/vite'
import { defineConfig } from 'vite'

const at = (path: string) => fileURLToPath(new URL(path, import.meta.url))
const apps = {
  admin: at('src/web/admin/main.tsx'),
  portal: at('src/web/portal/main.tsx'),
  embed: at('src/web/embed/embed.ts'),
}

/**
 * The two apps in one build. Every file is external and named by its content: the pages carry no inline script or style,
 * so that `script-src 'self'; style-src 'self'` holds. http/web.ts reads .vite/manifest.json to write the two pages.
 */
export default defineConfig({
  root: at('.'),
  publicDir: false,
  plugins: [tailwindcss()],
  build: {
    outDir: 'dist/web',
    manifest: true,
    target: 'es2023',
    // A data: URL would need a wider content security policy.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
    rolldownOptions: {
      // 'use client' means something to servers that render; here it is a word without effect.
      onLog: (level, log, pass) => log.code === 'MODULE_LEVEL_DIRECTIVE' || pass(level, log),
      // Merchants write the address of embed.js into their pages, so it stays the same.
      output: { entryFileNames: ({ name }) => (name === 'embed' ? 'embed.js' : 'assets/[name]-[hash].js') },
      input: Object.fromEntries(Object.entries(apps).filter(([, path]) => existsSync(path))),
    },
  },
})
