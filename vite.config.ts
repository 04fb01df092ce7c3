import { defineConfig } from 'vite'

const server = `http://127.0.0.1:${process.env.PORT ?? '8080'}`

export default defineConfig({
  root: 'dashboards',
  build: {
    outDir: '../dist/dashboards',
    emptyOutDir: true,
    target: 'es2022',
    // data: URLs in scripts and styles would need a wider Content-Security-Policy
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
  },
  server: { host: '127.0.0.1', proxy: { '/api': server, '/service': server } },
})
