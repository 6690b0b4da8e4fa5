"use strict";
(() => {
  // the page reads without this script: it sorts and filters what is there, and opens what is folded for print
  const collator = new Intl.Collator(document.documentElement.lang, { numeric: true, sensitivity: "base" });

  const cellOf = (row, place) => {
    let at = 0;
    for (const cell of row.cells) {
      if (place < at + cell.colSpan) return place === at ? cell : null;
      at += cell.colSpan;
    }
    return null;
  };

  const keyOf = (row, place) => {
    const cell = cellOf(row, place);
    if (cell === null) return { number: NaN, text: "" };
    const value = cell.dataset.sort;
    return { number: value === undefined || value === "" ? NaN : Number(value), text: cell.textContent.trim() };
  };

  // rows that cannot be compared stand last, whichever way is sorted
  const compare = (one, other, way) => {
    const [first, second] = [Number.isNaN(one.number), Number.isNaN(other.number)];
    if (!first && !second) return way * (one.number - other.number);
    if (first !== second) return first ? 1 : -1;
    const [empty, blank] = [one.text === "" || one.text === "-", other.text === "" || other.text === "-"];
    if (empty !== blank) return empty ? 1 : -1;
    return way * collator.compare(one.text, other.text);
  };

  const sort = (table, place, way) => {
    const body = table.tBodies[0];
    const rows = [...body.rows];
    const sums = rows.filter((row) => row.classList.contains("sum"));
    const told = rows.filter((row) => !row.classList.contains("sum"));
    const keyed = told.map((row) => ({ row, key: keyOf(row, place) }));
    keyed.sort((one, other) => compare(one.key, other.key, way));
    body.append(...keyed.map((one) => one.row), ...sums);
  };

  const makeSortable = (table) => {
    const heads = [...table.tHead.rows[0].cells];
    heads.forEach((head, place) => {
      const button = document.createElement("button");
      button.type = "button";
      button.append(...head.childNodes);
      head.append(button);
      button.addEventListener("click", () => {
        const numbers = [...table.tBodies[0].rows].some((row) => !Number.isNaN(keyOf(row, place).number));
        const first = numbers ? "descending" : "ascending";
        const second = numbers ? "ascending" : "descending";
        const next = head.getAttribute("aria-sort") === first ? second : first;
        heads.forEach((other) => other.removeAttribute("aria-sort"));
        head.setAttribute("aria-sort", next);
        sort(table, place, next === "ascending" ? 1 : -1);
      });
    });
  };

  const makeFilter = (table) => {
    const region = table.parentElement;
    const box = document.createElement("div");
    const label = document.createElement("label");
    const input = document.createElement("input");
    const count = document.createElement("span");
    box.className = "search";
    input.type = "search";
    input.id = `${table.id}-filter`;
    label.htmlFor = input.id;
    label.textContent = `Show rows of “${region.getAttribute("aria-label")}” with`;
    count.setAttribute("role", "status");
    box.append(label, input, count);
    region.before(box);
    input.addEventListener("input", () => {
      const wanted = input.value.trim().toLocaleLowerCase();
      const rows = [...table.tBodies[0].rows];
      for (const row of rows) row.hidden = !row.textContent.toLocaleLowerCase().includes(wanted);
      const shown = rows.filter((row) => !row.hidden).length;
      count.textContent = wanted === "" ? "" : `${shown} of ${rows.length} rows`;
    });
  };

  for (const table of document.querySelectorAll("table.sort")) if (table.tHead && table.tBodies[0].rows.length > 1) makeSortable(table);
  for (const table of document.querySelectorAll("table.filter")) makeFilter(table);

  // a link into what is folded opens it
  const unfold = () => {
    const target = location.hash.length > 1 ? document.getElementById(location.hash.slice(1)) : null;
    for (let one = target; one; one = one.parentElement) if (one.tagName === "DETAILS") one.open = true;
  };
  window.addEventListener("hashchange", unfold);

  let folded = [];
  window.addEventListener("beforeprint", () => {
    folded = [...document.querySelectorAll("details:not([open])")];
    for (const one of folded) one.open = true;
  });
  window.addEventListener("afterprint", () => {
    for (const one of folded) one.open = false;
    folded = [];
  });
})();
