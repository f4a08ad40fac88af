import { fileURLToPath } from "node:url";
import react from "@vitejs/plugin-react";
import { defineConfig } from "vitest/config";

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));

// `npm run dev` forwards everything that is not the front end to a running server.
const backend = process.env["MARQUEE_DEV_BACKEND"] ?? "http://127.0.0.1:8000";

export default defineConfig(({ command }) => ({
  plugins: [react()],
  base: command === "build" ? "/static/app/" : "/",
  resolve: { alias: { "@": here("./src") } },
  build: {
    outDir: here("../annotator/static/app"),
    emptyOutDir: true,
    manifest: true,
    target: "es2023",
    sourcemap: false,
    chunkSizeWarningLimit: 700,
  },
  worker: { format: "es" },
  server: {
    proxy: Object.fromEntries(
      ["/api", "/media", "/static/admin"].map((path) => [path, { target: backend }]),
    ),
  },
  test: {
    environment: "jsdom",
    include: ["src/**/*.test.{ts,tsx}"],
    setupFiles: ["src/testing/setup.ts"],
    restoreMocks: true,
    css: false,
    testTimeout: 30_000,
    expect: { poll: { timeout: 20_000 } },
  },
}));
