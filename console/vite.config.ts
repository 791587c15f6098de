/// <reference types="vitest/config" />
import { resolve } from "node:path";

import react from "@vitejs/plugin-react";
import { defineConfig } from "vite";

import { pdfjsParts } from "./build-pdfjs.ts";
import { widgetScript } from "./build-widget.ts";

// `MARU_URL` is where `make run` answers; `npm run dev` shows the sources as they are being edited.
const api = process.env.MARU_URL ?? "http://127.0.0.1:8080";

export default defineConfig({
  plugins: [react(), pdfjsParts(), widgetScript()],
  resolve: {
    // The package's variant for browsers decodes `&amp;` through innerHTML, which the content security policy forbids.
    alias: { "decode-named-character-reference": resolve("node_modules/decode-named-character-reference/index.js") },
  },
  build: {
    target: "es2023",
    assetsInlineLimit: 0, // the content security policy allows no data: scripts, styles or fonts
    modulePreload: { polyfill: false },
    chunkSizeWarningLimit: 1500,
  },
  server: { proxy: { "/v1": api, "/config.json": api } },
  test: { environment: "jsdom", include: ["src/**/*.test.{ts,tsx}"], setupFiles: ["src/testing/setup.ts"], css: false },
});
