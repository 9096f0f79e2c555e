"use strict";
const all = [...document.querySelectorAll(".finding")];
const main = document.querySelector("main");
const nothing = document.getElementById("nothing");
const text = document.getElementById("text");
const product = document.getElementById("product");
const by = document.getElementById("by");
const ranks = ["error", "warning", "info", "none"];
const words = new Map(all.map((own) => [own, own.textContent.toLowerCase()]));

function ticked(of) {
  const boxes = document.querySelectorAll(`fieldset[data-of=${of}] input:checked`);
  return new Set([...boxes].map((box) => box.value));
}

function filter() {
  const levels = ticked("level"), wire = ticked("wire"), code = ticked("code");
  const asked = text.value.toLowerCase().split(/\s+/).filter(Boolean);
  let shown = 0;
  for (const own of all) {
    const data = own.dataset;
    const there = levels.has(data.level) && wire.has(data.wire) && code.has(data.code)
      && (!product || !product.value || data.product.split(" ").includes(product.value))
      && asked.every((word) => words.get(own).includes(word));
    own.hidden = !there;
    shown += there ? 1 : 0;
  }
  for (const group of document.querySelectorAll(".group")) {
    const left = group.querySelectorAll(".finding:not([hidden])").length;
    group.hidden = left === 0;
    group.querySelector("small").textContent = left;
  }
  nothing.hidden = shown > 0 || all.length === 0;
  document.getElementById("count").textContent = `${shown} of ${all.length}`;
}

function regroup() {
  document.querySelectorAll(".group").forEach((group) => group.remove());
  const groups = new Map();
  for (const own of all) {
    const name = own.dataset[by.value];
    if (!groups.has(name)) groups.set(name, []);
    groups.get(name).push(own);
  }
  for (const [name, findings] of groups) {
    const section = document.createElement("section");
    section.className = "group";
    const title = document.createElement("h2");
    title.className = ranks.find((rank) => findings.some((own) => own.dataset.level === rank));
    title.append(name, " ", document.createElement("small"));
    section.append(title, ...findings);
    main.insertBefore(section, nothing);
  }
  filter();
}

document.querySelector("nav").addEventListener("input", (event) => {
  if (event.target === by) regroup();
  else filter();
});
filter();
