"use strict";
/* The levers of the page: reads the controls, tells what the draws say, and keeps the choice in the page's address.
   All words come with the data; texts of others are only ever set as text. */
(() => {
  const block = document.getElementById("lever-data");
  if (!block) return;
  const board = JSON.parse(block.textContent), words = board.words, lang = document.documentElement.lang || "en";
  const ROWS = ["experience", "customers_kept", "revenue_kept", "cost_saved", "npv"];
  const LARGEST = 1e12, PAUSE = 250;
  const at = (name) => document.getElementById(`lever-${name}`);
  const controls = Object.fromEntries(
    ["component", "reduction", "one-off", "per-month", "margin", "horizon", "show"].map((name) => [name, at(name)]));
  const unpacked = new Map();
  let waiting = 0;

  const fill = (text, values) => text.replace(/\{(\w+)\}/g, (all, name) => (name in values ? values[name] : all));
  const format = (number, decimals) => new Intl.NumberFormat(
    lang, { minimumFractionDigits: decimals, maximumFractionDigits: decimals }).format(number);

  function interval(figure) {
    const between = figure.low >= 0 ? "-" : " to ";
    return format(figure.low, figure.decimals) + between + format(figure.high, figure.decimals);
  }

  function percent(share) {
    const seen = Math.min(Math.max(share, 0.001), 0.999), whole = Math.round(seen * 100);
    return whole === 0 ? "<1%" : whole === 100 ? ">99%" : `${whole}%`;
  }

  function monthsText(months) {
    return months === 1 ? words.month : fill(words.months, { months });
  }

  function draws(place, key) {
    const name = `${place} ${key}`;
    if (!unpacked.has(name)) {
      const series = board.components[place][key];
      unpacked.set(name, leverMath.unpack(series, board.sizes.length, board.months.length));
    }
    return unpacked.get(name);
  }

  /* What the controls say; `wrong` names those that say nothing sensible. */
  function readControls() {
    const amount = (control) => (control.value === "" && !control.validity.badInput ? 0 : control.valueAsNumber);
    const state = {
      place: controls.component.selectedIndex,
      reduction: controls.reduction.valueAsNumber,
      oneOff: amount(controls["one-off"]),
      perMonth: amount(controls["per-month"]),
      margin: null,
      horizon: controls.horizon.selectedIndex,
      wrong: [],
    };
    const margin = controls.margin;
    if (margin.value !== "" || margin.validity.badInput) state.margin = Number((margin.valueAsNumber / 100).toFixed(6));
    const fits = {
      "one-off": state.oneOff >= 0 && state.oneOff <= LARGEST,
      "per-month": state.perMonth >= 0 && state.perMonth <= LARGEST,
      margin: state.margin === null || (state.margin >= 0 && state.margin <= 1),
    };
    for (const [name, good] of Object.entries(fits)) {
      if (good) controls[name].removeAttribute("aria-invalid");
      else {
        controls[name].setAttribute("aria-invalid", "true");
        state.wrong.push(name);
      }
    }
    return state;
  }

  /* Values of each quantity, or why there are none. */
  function workOut(state) {
    const component = board.components[state.place], size = state.reduction / 100, found = {};
    for (const key of ROWS.slice(0, -1)) {
      const values = draws(state.place, key);
      found[key] = values
        ? { values: leverMath.readAt(values, board.sizes, state.horizon, size), why: "" }
        : { values: null, why: component[key].refusal };
    }
    const why = component.no_npv || (state.margin === null ? words.no_margin : "");
    found.npv = { values: null, why };
    if (!why) {
      const spent = leverMath.spending(state.oneOff, state.perMonth, board.discount[state.horizon]);
      const { revenue_kept: revenue, cost_saved: cost } = found;
      found.npv.values = leverMath.presentValue(revenue.values, cost.values, state.margin, spent);
      found.even = leverMath.breakEven(
        draws(state.place, "revenue_kept"), draws(state.place, "cost_saved"), board.sizes, state.horizon, state.margin,
        spent);
    }
    return found;
  }

  function label(key) {
    return fill(words[key], { unit: board.kpi_unit, currency: board.currency });
  }

  function showTable(found) {
    for (const key of ROWS) {
      const row = at(`row-${key}`), [point, spread] = row.querySelectorAll("td"), one = found[key];
      row.classList.toggle("untold", !one.values);
      if (one.values) {
        const figure = leverMath.roundAnswer(leverMath.answer(one.values, board.level));
        const plus = key !== "npv" && figure.point > 0 ? "+" : "";
        point.textContent = plus + format(figure.point, figure.decimals);
        point.removeAttribute("colspan");
        spread.textContent = interval(figure);
        spread.hidden = false;
      } else {
        point.textContent = fill(words.cannot, { why: one.why });
        point.setAttribute("colspan", "2");
        spread.textContent = "";
        spread.hidden = true;
      }
    }
  }

  function sentence(state, found) {
    const months = monthsText(board.months[state.horizon]);
    const asked = fill(words.asked, {
      percent: state.reduction, component: board.components[state.place].name, months });
    if (!found.npv.values) return fill(words.said_without, { asked, why: found.npv.why });
    const figure = leverMath.roundAnswer(leverMath.answer(found.npv.values, board.level)), even = found.even;
    const evenText = even.at === null
      ? words[even.why] : fill(words.even, { percent: format(Math.round(even.at * 1000) / 10, even.at < 0.1 ? 1 : 0) });
    return fill(words.said, {
      asked,
      currency: board.currency,
      npv: `${format(figure.point, figure.decimals)} (${interval(figure)})`,
      chance: percent(leverMath.chance(found.npv.values)),
      even: evenText,
    });
  }

  function draw(parent, name, attributes, text) {
    const element = document.createElementNS(parent.namespaceURI, name);
    for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
    if (text !== undefined) element.textContent = text;
    parent.append(element);
    return element;
  }

  function showSpread(found) {
    const key = controls.show.value, one = found[key], svg = at("chart"), table = at("deciles"), note = at("drawn");
    const bins = one.values && leverMath.histogram(one.values);
    svg.toggleAttribute("hidden", !bins);
    table.hidden = !bins;
    svg.replaceChildren();
    if (!bins) {
      note.textContent = one.values
        ? fill(words.all_same, { draws: board.n_draws, value: format(leverMath.roundAnswer(
          leverMath.answer(one.values, board.level)).point, 0) })
        : `${words.nothing_drawn} ${label(key)}: ${fill(words.cannot, { why: one.why })}`;
      return;
    }
    const figure = leverMath.roundAnswer(leverMath.answer(one.values, board.level));
    const sorted = one.values.slice(1).sort(), shown = (share) => format(
      leverMath.roundAnswer({ point: leverMath.quantile(sorted, share), low: figure.low, high: figure.high }).point,
      figure.decimals);
    const what = label(key), below = sorted.filter((value) => value < 0).length;
    draw(svg, "title", { id: "lever-chart-title" }, fill(words.chart_title, { what, draws: board.n_draws }));
    const told = fill(words.chart_desc, {
      below, draws: board.n_draws, low: shown(0.25), high: shown(0.75), middle: shown(0.5),
      level: Math.round(board.level * 100) });
    draw(svg, "desc", { id: "lever-chart-desc" }, told);
    note.textContent = told;
    drawColumns(svg, bins, leverMath.answer(one.values, board.level));
    const cells = table.querySelectorAll("td");
    table.querySelectorAll("[data-share]").forEach((head, place) => {
      cells[place].textContent = shown(Number(head.dataset.share) / 100);
    });
  }

  function drawColumns(svg, bins, told) {
    const WIDTH = 480, LEFT = 8, TOP = 6, BASE = 128, BAR = 142, TEXT = 170;
    const { step, start, counts } = bins, end = start + step * counts.length;
    const x = (value) => LEFT + (value - start) / (end - start) * (WIDTH - 2 * LEFT);
    const inside = (value) => Math.min(Math.max(x(value), LEFT), WIDTH - LEFT);
    const tallest = Math.max(...counts), round = (number) => number.toFixed(1);
    counts.forEach((count, place) => {
      if (!count) return;
      const from = start + place * step, height = count / tallest * (BASE - TOP), loss = from < -step / 2;
      draw(svg, "rect", {
        class: loss ? "op k1" : "mk k0", x: round(x(from) + 1), y: round(BASE - height),
        width: round(x(from + step) - x(from) - 2), height: round(height) });
    });
    draw(svg, "line", { class: "ax", x1: LEFT, x2: WIDTH - LEFT, y1: BASE, y2: BASE });
    if (start <= 0 && end >= 0) draw(svg, "line", { class: "rf", x1: round(x(0)), x2: round(x(0)), y1: 0, y2: BAR + 8 });
    draw(svg, "line", { class: "wh", x1: round(inside(told.low)), x2: round(inside(told.high)), y1: BAR, y2: BAR });
    draw(svg, "circle", { class: "mk", cx: round(inside(told.point)), cy: BAR, r: 4 });
    const tick = leverMath.niceStep(end - start, 5), decimals = Math.max(0, -Math.floor(Math.log10(tick) + 1e-9));
    for (let k = Math.ceil(start / tick - 1e-9); k * tick <= end + 1e-9 * tick; k += 1) {
      const place = x(k * tick), text = format(k * tick + 0, decimals), half = 4 * text.length;
      const anchor = place < half ? "start" : place > WIDTH - half ? "end" : "middle";
      draw(svg, "line", { class: "ax", x1: round(place), x2: round(place), y1: BASE, y2: BASE + 4 });
      draw(svg, "text", { class: "sm", x: round(place), y: TEXT, "text-anchor": anchor }, text);
    }
  }

  function address(state) {
    const kept = new URLSearchParams({
      lever: board.components[state.place].name, reduction: state.reduction, one_off: state.oneOff,
      per_month: state.perMonth });
    if (state.margin !== null) kept.set("margin", state.margin);
    kept.set("horizon", board.months[state.horizon]);
    if (controls.show.value !== "npv") kept.set("show", controls.show.value);
    return `#${kept}`;
  }

  /* Takes from the address what can be taken, value by value; says whether there was anything. */
  function readAddress() {
    const kept = new URLSearchParams(location.hash.slice(1));
    const number = (key, most) => {
      const text = kept.get(key) || "", value = Number(text);
      return /^\d+(\.\d+)?$/.test(text) && value <= most ? value : null;
    };
    const place = board.components.findIndex((one) => one.name === kept.get("lever"));
    if (place >= 0) controls.component.selectedIndex = place;
    const months = board.months.indexOf(number("horizon", LARGEST));
    if (months >= 0) controls.horizon.selectedIndex = months;
    const taken = [
      ["reduction", number("reduction", 100), 1], ["one-off", number("one_off", LARGEST), 1],
      ["per-month", number("per_month", LARGEST), 1], ["margin", number("margin", 1), 100],
    ].filter(([, value]) => value !== null);
    for (const [name, value, factor] of taken) controls[name].value = String(Number((value * factor).toFixed(6)));
    const show = ROWS.includes(kept.get("show"));
    if (show) controls.show.value = kept.get("show");
    return place >= 0 || months >= 0 || taken.length > 0 || show;
  }

  function complain(state) {
    return state.wrong.map((name) => (name === "margin" ? words.wrong_margin : words.wrong_money))
      .filter((text, place, all) => all.indexOf(text) === place).join(" ");
  }

  function update(announce) {
    const state = readControls(), percentText = fill(words.reduction_text, { percent: state.reduction });
    controls.reduction.setAttribute("aria-valuetext", percentText);
    at("reduction-text").textContent = percentText;
    at("evidence").textContent = fill(words.evidence, { evidence: board.components[state.place].evidence });
    const wrong = complain(state), result = at("result");
    at("wrong").textContent = wrong;
    result.hidden = wrong !== "";
    const found = wrong ? null : workOut(state);
    if (found) {
      showTable(found);
      showSpread(found);
    }
    clearTimeout(waiting);
    const settle = () => {
      at("said").textContent = found ? sentence(state, found) : "";
      if (announce && found) history.replaceState(null, "", address(state));
    };
    if (announce) waiting = setTimeout(settle, PAUSE); else settle();
  }

  at("board").hidden = false;
  const shared = readAddress();
  for (const control of Object.values(controls)) control.addEventListener("input", () => update(true));
  window.addEventListener("hashchange", () => { if (readAddress()) update(false); });
  update(false);
  if (shared) at("board").closest("section").scrollIntoView();
})();
