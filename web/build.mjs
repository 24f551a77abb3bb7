// Bundles the full form engine for a closed network: node build.mjs OUT
// Its visible sentences are looked up at run time (see full/sentences.json), its map asks nobody for tiles, and it shows us the form's state,
// so that a draft can be kept. What a newer engine no longer says makes the build fail instead of leaving a sentence untranslated.

import { createHash } from "node:crypto";
import { mkdir, readFile, readdir, rm, stat, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";

import esbuild from "esbuild";

const HERE = dirname(fileURLToPath(import.meta.url));
const ENGINE = join(HERE, "node_modules", "@getodk", "web-forms");
const sentences = JSON.parse(await readFile(join(HERE, "full", "sentences.json"), "utf8"));
const out = process.argv[2];
if (!out) throw new Error("usage: node build.mjs OUT");

// A key of an object, or something that is compared (the name of a key on the keyboard).
const isNoSentence = (left, right) => (/^\s*:/.test(right) && /[,{]\s*$/.test(left)) || /([=!]==?|case)\s*$/.test(left) || /^\s*[=!]==?/.test(right);

// One look-up for each sentence wherever it stands as a value.
const missing = new Set(sentences);
function translated(code) {
  for (const sentence of sentences) {
    const literal = JSON.stringify(sentence);
    const parts = code.split(literal);
    if (parts.length === 1) continue;
    missing.delete(sentence);
    code = parts.reduce((left, right) => left + (isNoSentence(left, right) ? literal : `__bulouWord(${literal})`) + right);
  }
  return code;
}

const changes = [
  // sentence with a number in it
  ["`${QA} questions with errors.`", '__bulouWord("{n} questions with errors.").replace("{n}", QA)', "index"],
  // the state of the form, for keeping drafts
  ["const gA = initializeFormState(),", "const gA = globalThis.__bulouState = initializeFormState(),", "index"],
  // nobody is asked for map tiles, no link leads outside
  ["https://tile.openstreetmap.org/{z}/{x}/{y}.png", "data:image/gif;base64,R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7", "MapBlock"],
  ["'&#169; <a href=\"https://www.openstreetmap.org/copyright\" target=\"_blank\">OpenStreetMap</a> contributors.'", '""', "MapBlock"],
  ['href: "https://getodk.org",', "", "index"],
];
const undone = new Set(changes);
function changed(code, path) {
  for (const change of changes) {
    const [before, after, file] = change;
    if (!path.includes(file) || !code.includes(before)) continue;
    undone.delete(change);
    code = code.replaceAll(before, after);
  }
  return code;
}

const engine = {
  name: "engine",
  setup(build) {
    build.onLoad({ filter: /web-forms[\\/]dist[\\/](index|MapBlock)-.*\.js$/ }, async ({ path }) => ({
      contents: changed(translated(await readFile(path, "utf8")), path),
      loader: "js",
    }));
  },
};

await rm(out, { recursive: true, force: true });
await mkdir(out, { recursive: true });
await esbuild.build({
  entryPoints: [join(HERE, "full", "engine.js")],
  outdir: out,
  bundle: true,
  splitting: true,
  format: "esm",
  minify: true,
  target: "es2022",
  legalComments: "none",
  define: { "process.env.NODE_ENV": '"production"', __VUE_OPTIONS_API__: "true", __VUE_PROD_DEVTOOLS__: "false", __VUE_PROD_HYDRATION_MISMATCH_DETAILS__: "false" },
  entryNames: "[name]",
  chunkNames: "[name]-[hash]",
  plugins: [engine],
  logLevel: "warning",
});
if (missing.size) throw new Error("the engine no longer says: " + [...missing].join(" | "));
if (undone.size) throw new Error("not found in the engine: " + [...undone].map(([before]) => before).join(" | "));

const files = [];
for (const name of (await readdir(out)).sort()) {
  const content = await readFile(join(out, name));
  files.push({ name, size: content.length, gzipped: gzipSync(content).length, sha256: createHash("sha256").update(content).digest("hex") });
}
const version = JSON.parse(await readFile(join(ENGINE, "package.json"), "utf8")).version;
await writeFile(join(out, "engine.json"), JSON.stringify({ engine: version, files }, null, 1) + "\n");
await stat(join(out, "engine.js"));
