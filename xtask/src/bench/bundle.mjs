// Resolves, merges and prints the constructs of a source tree, product by product, and says how many
// milliseconds that took. Run by `cargo xtask bench` with the selection as JSON.
import $RefParser from "@apidevtools/json-schema-ref-parser";
import yaml from "js-yaml";
import fs from "node:fs";
import path from "node:path";

const { root, document, left_out, products } = JSON.parse(process.argv[2]);
const folders = (at) => fs.readdirSync(at, { withFileTypes: true }).filter((e) => e.isDirectory()).map((e) => e.name).sort();
const started = performance.now();

const merged = {};
for (const version of folders(root)) {
  for (const construct of folders(path.join(root, version))) {
    const file = path.join(root, version, construct, document);
    if (left_out.includes(`${version}/${construct}`) || !fs.existsSync(file)) continue;
    const whole = await $RefParser.dereference(file, { dereference: { circular: "ignore" } });
    if (whole.info?.["x-deprecated"] === true) continue;
    for (const [route, item] of Object.entries(whole.paths ?? {})) {
      merged[route] = { ...merged[route], ...item };
    }
  }
}
for (const [product, base] of products) {
  const { openapi, info, servers } = yaml.load(fs.readFileSync(base, "utf8"));
  const paths = {};
  for (const [route, item] of Object.entries(merged)) {
    for (const [method, operation] of Object.entries(item)) {
      if (operation?.["x-internal"]?.includes(product)) (paths[route] ??= {})[method] = operation;
    }
  }
  const text = yaml.dump({ openapi, info, servers, paths }, { noRefs: true, lineWidth: -1 });
  fs.writeFileSync(`${product}.yml`, text);
}
console.log((performance.now() - started).toFixed(1));
