// The integrators' page: choices -> live preview and the tag to copy. Nothing is stored or sent.
import { HELPLINES } from "../generated/helplines";
import { contrast } from "./contrast";
import { snippet } from "./snippet";

const find = <T extends HTMLElement>(id: string): T => document.getElementById(id) as T;
const form = find<HTMLFormElement>("choices");
const base = new URL("../", location.href).href;
let pin: { file: string; integrity: string } | undefined;

const field = (name: string): HTMLInputElement => form.elements.namedItem(name) as HTMLInputElement;

/** What differs from how the page came. */
function changed(inputs: HTMLInputElement[]): Record<string, string> {
  const set = inputs.filter((one) => one.value && one.value !== one.defaultValue);
  return Object.fromEntries(set.map((one) => [one.name, one.value]));
}

function countries(): void {
  const names = new Intl.DisplayNames("en", { type: "region" });
  const select = form.elements.namedItem("country") as HTMLSelectElement;
  for (const code of Object.keys(HELPLINES))
    select.append(
      new Option(code === "ZZ" ? "Not known" : names.of(code), code, code === "US", code === "US"),
    );
}

function show(): void {
  const country = field("country").value;
  const [emergency = "", call = "", text = ""] = HELPLINES[country] ?? [];
  const variables = changed([...form.querySelectorAll<HTMLInputElement>('[name^="--"]')]);
  const attributes: Record<string, string> = { country };
  for (const name of ["lang", "name", "exit-url"])
    if (field(name).value) attributes[name] = field(name).value;
  const fallback = field("fallback").checked ? { danger: emergency.split(" "), talk: call } : undefined;
  find("numbers").textContent =
    `On screen: emergency ${emergency}${call && `, call ${call}`}${text && `, text ${text}`}.`;
  find("snippet").textContent = snippet({
    base,
    attributes,
    variables,
    fallback,
    pin: field("pin").checked ? pin : undefined,
  });
  const query = new URLSearchParams({ ...attributes, ...variables });
  const address = `preview.html?${query}`;
  const frame = find<HTMLIFrameElement>("preview");
  if (frame.getAttribute("src") !== address) frame.src = address;
  find<HTMLAnchorElement>("alone").href = address;
  warn();
}

/** Says which pair of colours people with weak sight could not read. */
function warn(): void {
  const pairs = [
    ["--lantern-text", "--lantern-background"],
    ["--lantern-text", "--lantern-surface"],
    ["--lantern-on-accent", "--lantern-accent"],
    ["--lantern-accent", "--lantern-surface"],
  ] as const;
  const weak = pairs.filter(([one, other]) => contrast(field(one).value, field(other).value) < 4.5);
  const short = (name: string) => name.replace("--lantern-", "");
  find("contrast").textContent = weak.length
    ? `Too little contrast (under 4.5): ${weak.map((pair) => pair.map(short).join(" on ")).join(", ")}.`
    : "Contrast is fine.";
}

async function copy(): Promise<void> {
  await navigator.clipboard.writeText(find("snippet").textContent ?? "");
  find("copied").textContent = "Copied.";
}

countries();
find("wordpress").textContent = `add_action('wp_enqueue_scripts', function () {
    wp_enqueue_script('lantern', '${base}widget/lantern.js', [], null, ['strategy' => 'defer', 'in_footer' => true]);
});
add_filter('script_loader_tag', function ($tag, $handle) {
    return $handle === 'lantern' ? str_replace(' src=', ' data-country="US" src=', $tag) : $tag;
}, 10, 2);`;
find("csp").textContent =
  `Content-Security-Policy: script-src 'self' ${base.slice(0, -1)}; connect-src 'self' ${base.slice(0, -1)}; require-trusted-types-for 'script'; trusted-types 'none'`;
form.addEventListener("input", show);
find("copy").addEventListener("click", copy);
show();
fetch(`${base}widget/sri.json`).then(async (answer) => {
  pin = await answer.json();
  show();
});
