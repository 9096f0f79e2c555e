// Bundles a source tree in the steps in which upstream does: each construct without references as
// JSON, all of them merged as YAML, then each product out of the merged file in a process of its
// own. Says how many milliseconds that took. Run by `cargo xtask bench`, with what to do as JSON.
import $RefParser from "@apidevtools/json-schema-ref-parser";
import yaml from "js-yaml";
import { execFileSync } from "node:child_process";
import fs from "node:fs";
import path from "node:path";

const task = JSON.parse(process.argv[2]);
const load = (file) => yaml.load(fs.readFileSync(file, "utf8"));
const dump = (file, value) => fs.writeFileSync(file, yaml.dump(value, { noRefs: true, lineWidth: 120 }));
const subfolders = (at) =>
  fs.readdirSync(at, { withFileTypes: true }).filter((entry) => entry.isDirectory()).map((entry) => entry.name).sort();

async function resolved({ root, document }) {
  const made = [];
  for (const version of subfolders(root)) {
    for (const construct of subfolders(path.join(root, version))) {
      const file = path.join(root, version, construct, document);
      if (!fs.existsSync(file)) continue;
      const whole = await $RefParser.dereference(file);
      try {
        const out = `${version}-${construct}.json`;
        fs.writeFileSync(out, JSON.stringify(whole, null, 2));
        made.push({ id: `${version}/${construct}`, out });
      } catch (error) {
        // A schema that contains itself has no such form.
        if (!(error instanceof TypeError)) throw error;
      }
    }
  }
  return made;
}

const tagged = (prefix, value) => {
  if (Array.isArray(value)) return value.map((item) => tagged(prefix, item));
  if (value === null || typeof value !== "object") return value;
  const named = (list) => list.map((tag) => (typeof tag === "string" ? prefix + tag : { ...tag, name: prefix + tag.name }));
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => [key, key === "tags" && Array.isArray(inner) ? named(inner) : tagged(prefix, inner)]),
  );
};

function merge(made, { base, left_out }) {
  const merged = { ...load(base), tags: [], paths: {}, components: {} };
  for (const { out } of made.filter(({ id }) => !left_out.includes(id))) {
    const read = JSON.parse(fs.readFileSync(out, "utf8"));
    if (read.info["x-deprecated"] === true) continue;
    const prefix = `${read.info.title.replaceAll(" ", "_")}_`;
    const whole = tagged(prefix, read);
    merged.tags.push(...(whole.tags ?? []));
    for (const [route, item] of Object.entries(whole.paths ?? {})) Object.assign((merged.paths[route] ??= {}), item);
    for (const [kind, members] of Object.entries(whole.components ?? {})) {
      for (const [name, value] of Object.entries(members)) (merged.components[kind] ??= {})[prefix + name] = value;
    }
  }
  return merged;
}

function product({ name, base }) {
  const whole = load("merged.yml");
  const { openapi, info, servers } = load(base);
  const paths = {};
  for (const [route, item] of Object.entries(whole.paths)) {
    const kept = Object.entries(item).filter(([, operation]) => operation["x-internal"].includes(name));
    if (kept.length > 0) paths[route] = Object.fromEntries(kept);
  }
  const reached = new Set(Array.from(JSON.stringify(paths).matchAll(/"\$ref":"#\/components\/([^"]+)"/g), ([, at]) => at));
  const components = {};
  for (const [kind, members] of Object.entries(whole.components)) {
    const kept = Object.entries(members).filter(([member]) => kind === "securitySchemes" || reached.has(`${kind}/${member}`));
    if (kept.length > 0) components[kind] = Object.fromEntries(kept);
  }
  dump(`${name}.yml`, { ...whole, openapi, info, servers, paths, components });
}

if (task.product) {
  product(task.product);
} else {
  const started = performance.now();
  dump("merged.yml", merge(await resolved(task), task));
  for (const one of task.products) {
    execFileSync(process.execPath, [process.argv[1], JSON.stringify({ product: one })]);
  }
  console.log((performance.now() - started).toFixed(1));
}
