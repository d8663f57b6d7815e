import react from "@vitejs/plugin-react";
import { defineConfig } from "vite";

// The platform serves the built pages from its own folder; in development Vite hands the API calls on to a running platform.
export default defineConfig({
  plugins: [react()],
  build: {
    outDir: "../platform/portal",
    emptyOutDir: true,
    target: "es2023",
    // A data: URL would break the content security policy default-src 'self'.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
  },
  server: { proxy: { "/v1": process.env["AVA_PLATFORM_URL"] ?? "http://127.0.0.1:5660" } },
});
