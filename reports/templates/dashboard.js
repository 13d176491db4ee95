"use strict";
// Sorts, searches and filters the table. Everything is in the page without this; it only moves and hides rows.
(() => {
  const table = document.getElementById("all");
  if (!table) return;
  const language = document.documentElement.lang;
  const body = table.tBodies[0];
  const search = document.getElementById("search");
  const filter = document.getElementById("filter");
  const shown = document.getElementById("shown");

  // "Muller" finds Müller, and "lukasz" Łukasz: a stroke is no accent that could be taken away.
  const strokes = { ß: "ss", ł: "l", ø: "o", đ: "d", ħ: "h", ı: "i", æ: "ae", œ: "oe", þ: "th" };
  const plain = (text) =>
    text
      .toLowerCase()
      .normalize("NFKD")
      .replace(/\p{M}/gu, "")
      .replace(/[ßłøđħıæœþ]/g, (letter) => strokes[letter])
      .trim();

  const rows = Array.from(body.rows, (element) => {
    const name = element.cells[0].textContent;
    return {
      element,
      name,
      plain: plain(name),
      keys: element.dataset.k.split(" ").map(Number), // NaN where there is no value
      tokens: element.dataset.f.split(" "),
    };
  });

  const update = () => {
    const wanted = plain(search.value);
    const token = filter.value;
    const lost = /^#lost-(x\d+)$/.exec(location.hash)?.[1]; // the style hides the others; here they are only counted
    let count = 0;
    for (const row of rows) {
      const fits = row.plain.includes(wanted) && (!token || row.tokens.includes(token));
      if (row.element.hidden === fits) row.element.hidden = !fits;
      count += fits && (!lost || row.tokens.includes(lost));
    }
    shown.textContent = count.toLocaleString(language);
  };

  const collator = new Intl.Collator(language, { numeric: true });
  const byName = (a, b) => collator.compare(a.name, b.name);
  const byKey = (key, sign) => (a, b) => {
    const x = a.keys[key];
    const y = b.keys[key];
    // What has no value comes last in both directions.
    return Number.isNaN(x) - Number.isNaN(y) || sign * (x - y) || 0;
  };

  const headings = Array.from(table.tHead.rows[0].cells);
  const sort = (column) => {
    const heading = headings[column];
    const sign = heading.ariaSort === "ascending" ? -1 : 1;
    for (const other of headings) other.removeAttribute("aria-sort");
    heading.setAttribute("aria-sort", sign > 0 ? "ascending" : "descending");
    rows.sort(column === 0 ? (a, b) => sign * byName(a, b) : byKey(column - 1, sign));
    body.replaceChildren(...rows.map((row) => row.element));
  };

  headings.forEach((heading, column) => {
    const button = document.createElement("button");
    button.type = "button";
    button.append(...heading.childNodes);
    button.addEventListener("click", () => sort(column));
    heading.append(button);
  });
  search.addEventListener("input", update);
  filter.addEventListener("change", update);
  window.addEventListener("hashchange", update);
  for (const button of document.querySelectorAll("button[data-show]")) {
    button.hidden = false;
    button.addEventListener("click", () => {
      search.value = "";
      filter.value = button.dataset.show;
      if (location.hash.startsWith("#lost-")) location.hash = "#all-title";
      update();
      filter.focus();
    });
  }
  table.closest(".all").querySelector(".controls").hidden = false;
  update(); // a browser that comes back to the page may have kept what was typed
})();
