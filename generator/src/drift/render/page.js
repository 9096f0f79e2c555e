"use strict";
const all = [...document.querySelectorAll(".finding")];
const main = document.querySelector("main");
const nothing = document.getElementById("nothing");
const text = document.getElementById("text");
const product = document.getElementById("product");
const by = document.getElementById("by");
const opener = document.getElementById("all");
const operations = JSON.parse(document.getElementById("operations").textContent);
const ranks = ["error", "warning", "info", "none"];
all.forEach((own, number) => { own.dataset.number = number; });
const reached = all.map((own) => own.dataset.operations.split(" ").filter(Boolean).map((n) => operations[n]));
const words = all.map((own, n) => `${own.textContent} ${reached[n].join(" ")}`.toLowerCase());
const names = {
  construct: (own) => [own.dataset.construct],
  operation: (own, n) => reached[n].length > 0 ? reached[n] : ["the contract"],
  kind: (own) => [own.dataset.kind],
};
let groups = [];

function ticked(of) {
  const boxes = document.querySelectorAll(`fieldset[data-of=${of}] input:checked`);
  return new Set([...boxes].map((box) => box.value));
}

function left() {
  const levels = ticked("level"), wire = ticked("wire"), code = ticked("code");
  const asked = text.value.toLowerCase().split(/\s+/).filter(Boolean);
  const there = all.filter((own, n) => {
    const data = own.dataset;
    return levels.has(data.level) && wire.has(data.wire) && code.has(data.code)
      && (!product || !product.value || data.product.split(" ").includes(product.value))
      && asked.every((word) => words[n].includes(word));
  });
  return new Set(there);
}

function filter() {
  const shown = left();
  for (const group of groups) {
    const own = group.findings.filter((finding) => shown.has(finding));
    group.node.hidden = own.length === 0;
    group.node.querySelector("small").textContent = own.length;
    group.node.querySelectorAll(".finding").forEach((node) => {
      node.hidden = !shown.has(all[node.dataset.number]);
    });
  }
  nothing.hidden = shown.size > 0 || all.length === 0;
  document.getElementById("count").textContent = `${shown.size} of ${all.length}`;
}

// A finding is in every operation that it reaches: groups of operations are filled when they are opened.
function fill(group) {
  if (group.node.open && !group.node.querySelector(".finding")) {
    group.node.append(...group.findings.map((finding) => finding.cloneNode(true)));
    filter();
  }
}

function section(name, findings) {
  const node = document.createElement("details");
  node.className = "group";
  node.dataset.name = name;
  const summary = document.createElement("summary");
  const title = document.createElement("h2");
  title.className = ranks.find((rank) => findings.some((own) => own.dataset.level === rank));
  title.append(name, " ", document.createElement("small"));
  summary.append(title);
  node.append(summary);
  const group = { node, findings };
  if (by.value === "operation") {
    node.addEventListener("toggle", () => fill(group));
  } else {
    node.open = true;
    node.append(...findings);
  }
  return group;
}

function regroup() {
  document.querySelectorAll(".group").forEach((group) => group.remove());
  const found = new Map();
  all.forEach((own, n) => {
    for (const name of names[by.value](own, n)) {
      if (!found.has(name)) found.set(name, []);
      found.get(name).push(own);
    }
  });
  const worst = (findings) => Math.min(...findings.map((own) => ranks.indexOf(own.dataset.level)));
  const sorted = [...found].sort((a, b) => worst(a[1]) - worst(b[1]) || b[1].length - a[1].length);
  groups = sorted.map(([name, findings]) => section(name, findings));
  for (const group of groups) main.insertBefore(group.node, nothing);
  filter();
}

document.querySelector("nav").addEventListener("input", (event) => {
  if (event.target === by) regroup();
  else filter();
});
opener.addEventListener("click", () => {
  const open = opener.textContent === "open all";
  opener.textContent = open ? "close all" : "open all";
  document.querySelectorAll(".finding:not([hidden])").forEach((own) => { own.open = open; });
});
document.getElementById("map").addEventListener("click", (event) => {
  const button = event.target.closest("button");
  if (!button) return;
  if (by.value !== "construct") {
    by.value = "construct";
    regroup();
  }
  const group = groups.find((own) => own.node.dataset.name === button.dataset.jump);
  if (group) {
    group.node.open = true;
    group.node.scrollIntoView({ behavior: "smooth" });
  }
});
regroup();
