// Builds what the gateway serves: `node build.mjs` -> ../bot/pages/, `generate` -> generated/ only,
// `tests` -> build/tests/ (the pure modules, bundled for node's test runner).
import { createHash } from "node:crypto";
import { cpSync, mkdirSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import * as esbuild from "esbuild";
import { minify } from "terser";
import { helplines } from "./tools/helplines.mjs";
import { stringsModule } from "./tools/strings.mjs";
import { tokensCss } from "./tools/tokens.mjs";

const here = import.meta.dirname;
const pages = join(here, "../bot/pages");
// The oldest browsers the widget is written for; older ones show the children of <lantern-chat> instead.
const browsers = ["safari15.4", "chrome94", "firefox98"];
const limit = 10_000; // bytes of the widget, gzip -9, everything included

function generate() {
  mkdirSync(join(here, "generated"), { recursive: true });
  const put = (name, text) => writeFileSync(join(here, "generated", name), text);
  put("widget-strings.ts", stringsModule(join(here, "shared/strings"), "widget"));
  put("helplines.ts", helplines(join(here, "../content/helplines")));
  put("tokens.css", tokensCss(join(here, "shared/tokens.json")));
}

/** `import css from "./style.css"` gives the minified text, with all that it imports. */
const cssAsText = {
  name: "css-as-text",
  setup(build) {
    build.onLoad({ filter: /\.css$/ }, async ({ path }) => {
      const css = await esbuild.build({
        entryPoints: [path],
        bundle: true,
        minify: true,
        write: false,
        target: browsers,
      });
      return { contents: `export default ${JSON.stringify(css.outputFiles[0].text.trim())}`, loader: "js" };
    });
  },
};

/** esbuild joins the modules; terser, which saves 3 % more than esbuild's own minifier, shortens them. */
async function widgetCode() {
  const built = await esbuild.build({
    entryPoints: [join(here, "widget/main.ts")],
    bundle: true,
    minifySyntax: true,
    write: false,
    format: "iife",
    charset: "utf8",
    legalComments: "none",
    target: browsers,
    plugins: [cssAsText],
  });
  const compress = {
    passes: 3,
    inline: 1,
    conditionals: false,
    sequences: false,
    unsafe: true,
    unsafe_arrows: true,
    pure_getters: true,
    keep_fargs: false,
  };
  const { code } = await minify(built.outputFiles[0].text, { ecma: 2020, toplevel: true, compress });
  return Buffer.from(code);
}

async function widget() {
  const code = await widgetCode();
  const hash = createHash("sha256").update(code).digest("hex").slice(0, 12);
  const packed = gzipSync(code, { level: 9 });
  const gzip = packed.length;
  const folder = join(pages, "widget");
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  for (const name of ["lantern.js", `lantern-${hash}.js`]) {
    writeFileSync(join(folder, name), code);
    writeFileSync(join(folder, `${name}.gz`), packed);
  }
  const sri = {
    file: `lantern-${hash}.js`,
    integrity: `sha384-${createHash("sha384").update(code).digest("base64")}`,
    bytes: code.length,
    gzip,
  };
  writeFileSync(join(folder, "sri.json"), `${JSON.stringify(sri, null, 2)}\n`);
  console.log(`widget: ${code.length} bytes, ${gzip} gzip (limit ${limit})`);
  if (gzip > limit) throw new Error(`the widget is ${gzip} bytes gzip; the limit is ${limit}`);
}

/** The demo, the integrators' page and the safety page. */
async function demo() {
  copyPages("demo");
  copyPages("safety");
  for (const name of ["integrate", "preview"])
    await bundle(join(here, `demo/${name}.ts`), join(pages, `demo/${name}.js`), []);
}

/** Empties a folder of built pages and copies into it what needs no building. */
function copyPages(name) {
  const folder = join(pages, name);
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  for (const file of readdirSync(join(here, name)).filter((file) => /\.(html|css|svg)$/.test(file)))
    cpSync(join(here, name, file), join(folder, file));
}

/** The counsellors' console (Preact). */
async function console_() {
  copyPages("console");
  await bundle(join(here, "console/main.tsx"), join(pages, "console/console.js"), []);
}

function bundle(entry, outfile, plugins) {
  return esbuild.build({
    entryPoints: [entry],
    outfile,
    bundle: true,
    minify: true,
    charset: "utf8",
    format: "esm",
    jsx: "automatic",
    jsxImportSource: "preact",
    target: ["es2022"],
    plugins,
  });
}

async function tests() {
  const folder = join(here, "build/tests");
  rmSync(folder, { recursive: true, force: true });
  await esbuild.build({
    entryPoints: readdirSync(join(here, "tests"))
      .filter((name) => name.endsWith(".test.ts"))
      .map((name) => join(here, "tests", name)),
    outdir: folder,
    bundle: true,
    format: "esm",
    platform: "node",
    packages: "external",
    target: "node20",
    outExtension: { ".js": ".mjs" },
    plugins: [cssAsText],
  });
}

generate();
const verb = process.argv[2] ?? "build";
if (verb === "tests") await tests();
if (verb === "build") {
  await widget();
  await demo();
  await console_();
}
