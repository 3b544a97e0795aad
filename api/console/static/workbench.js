// The text of a policy file: what the check finds is shown while somebody types, at its line, without sending the form.

const PAUSE = 350;
const form = document.getElementById("editing");
const text = document.getElementById("text");
const gutter = document.getElementById("gutter");
const list = document.getElementById("found");
const state = document.getElementById("state");
let underway = null;
let timer = 0;

function element(name, words, classes = "") {
  const made = document.createElement(name);
  made.textContent = words;
  if (classes) made.className = classes;
  return made;
}

function goTo(line) {
  const lines = text.value.split("\n");
  const before = lines.slice(0, line - 1).reduce((length, one) => length + one.length + 1, 0);
  text.focus();
  text.setSelectionRange(before, before + (lines[line - 1] ?? "").length);
  const height = text.scrollHeight / Math.max(lines.length, 1);
  text.scrollTop = Math.max(0, (line - 6) * height);
}

let numbered = "";

function number(marked) {
  const count = text.value.split("\n").length;
  const wanted = `${count} ${[...marked].join()}`;
  if (wanted === numbered) return;
  numbered = wanted;
  const parts = [];
  for (let line = 1; line <= count; line += 1) {
    parts.push(marked.has(line) ? element("b", `✕ ${line}`) : document.createTextNode(String(line)), document.createTextNode("\n"));
  }
  gutter.replaceChildren(...parts);
  gutter.scrollTop = text.scrollTop;
}

function describe(one) {
  const item = element("li", "", `finding ${one.severity === "error" ? "bad" : "wait"}`);
  const place = form.dataset.place.replace("{line}", one.line);
  const link = element("a", one.address ? `${one.file}, ${place}` : place);
  link.href = one.address || "#text";
  if (!one.address) {
    link.addEventListener("click", (event) => {
      event.preventDefault();
      goTo(one.line);
    });
  }
  const sentence = element("span", one.remedy ? `${one.fact}; ${one.remedy}` : one.fact);
  sentence.lang = "en";
  const means = element("a", form.dataset.means.replace("{code}", one.code));
  means.href = `/policies/checks/${encodeURIComponent(one.code)}`;
  item.append(link, ": ", sentence, " ", means);
  return item;
}

function show(findings) {
  const faults = findings.filter((one) => one.severity === "error");
  list.replaceChildren(...findings.map(describe));
  number(new Set(faults.filter((one) => !one.address).map((one) => one.line)));
  const words = faults.length ? `${form.dataset.some} ${faults.length}` : form.dataset.none;
  state.replaceChildren(element("span", words, `status ${faults.length ? "bad" : "good"}`));
  if (faults.length) text.setAttribute("aria-invalid", "true");
  else text.removeAttribute("aria-invalid");
}

async function check() {
  underway?.abort();
  const mine = new AbortController();
  underway = mine;
  form.dataset.state = "busy";
  try {
    const answer = await fetch(form.dataset.diagnostics, { method: "POST", body: new FormData(form), signal: mine.signal });
    if (!answer.ok) throw new Error(String(answer.status));
    show((await answer.json()).findings);
    form.dataset.state = "checked";
  } catch (error) {
    if (error.name === "AbortError") return;
    state.replaceChildren(element("span", form.dataset.unknown, "status wait"));
    form.dataset.state = "unknown";
  }
}

if (form && text) {
  gutter.hidden = false;
  number(new Set());
  text.addEventListener("scroll", () => { gutter.scrollTop = text.scrollTop; });
  text.addEventListener("input", () => {
    clearTimeout(timer);
    number(new Set());
    timer = setTimeout(check, PAUSE);
  });
  new ResizeObserver(() => { gutter.style.height = `${text.offsetHeight}px`; }).observe(text);
  if (text.value) check();
  if (Number(form.dataset.line) > 0) goTo(Number(form.dataset.line));
}
