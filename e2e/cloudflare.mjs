// A small Cloudflare: `node cloudflare.mjs NODE_MODULES DEPLOYED` serves what wrangler leaves in DEPLOYED/bundle, from the
// moment it is there, and nothing before. The first line that it prints is the address.
import { existsSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { setTimeout } from "node:timers/promises";

const [modules, deployed] = process.argv.slice(2);
const { Miniflare, convertV4MiniflareOptions } = createRequire(`${modules}/`)("miniflare");
const serving = (worker, port = 0) =>
  convertV4MiniflareOptions({ host: "127.0.0.1", port, modules: true, compatibilityDate: "2026-10-01", ...worker });

const nothing = 'export default { fetch: () => new Response("nothing is deployed here", { status: 404 }) };';
const cloudflare = new Miniflare(serving({ script: nothing }));
process.on("SIGTERM", () => cloudflare.dispose().then(() => process.exit()));
const { origin, port } = await cloudflare.ready;
console.log(origin);
while (!existsSync(`${deployed}/bundle`)) await setTimeout(100);
const script = readFileSync(`${deployed}/bundle/index.js`, "utf8");
await cloudflare.setOptions(serving({ script }, Number(port)));
