// How the viewer is built and served. What matters here is the Content-Security-Policy: the built page may run only its
// own scripts, its own wasm and its own worker, may ask no other origin for anything, and may not turn text into markup.
import { defineConfig, type Plugin } from "vite";

const policy = [
  "default-src 'none'",
  "script-src 'self' 'wasm-unsafe-eval'",
  "worker-src 'self'",
  "style-src 'self'",
  "img-src 'self'",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
];

// The page itself turns no string into markup; the one worker URL goes through the named policy (src/engine.ts).
const page = [...policy, "trusted-types roomscope", "require-trusted-types-for 'script'"].join("; ");

// A policy in a meta tag does not reach workers, and `frame-ancestors` is ignored there: servers should send this header too.
const header = [...policy, "frame-ancestors 'none'"].join("; ");

/** Writes the policy into the built page. The development server injects styles and scripts of its own, so it runs without. */
function contentSecurityPolicy(): Plugin {
  return {
    name: "content-security-policy",
    apply: "build",
    transformIndexHtml: () => [
      {
        tag: "meta",
        attrs: { "http-equiv": "Content-Security-Policy", content: page },
        injectTo: "head-prepend",
      },
    ],
  };
}

const headers = {
  "Content-Security-Policy": header,
  "Referrer-Policy": "no-referrer",
  "X-Content-Type-Options": "nosniff",
};

export default defineConfig({
  // Relative, so that the built folder works wherever it is put.
  base: "./",
  plugins: [contentSecurityPolicy()],
  build: {
    target: "es2023",
    // Nothing becomes a data: URL, which the policy would refuse.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
  },
  worker: { format: "es" },
  server: { fs: { allow: [".."] } },
  preview: { headers },
});
