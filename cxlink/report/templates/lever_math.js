"use strict";
/* The arithmetic of the levers: it knows numbers alone, no page. Each function mirrors one of the package, which is
   named beside it; arrays hold the point estimate first, then the draws. */
const leverMath = (() => {
  const TRIED = 200, HALVINGS = 60, MOST_BINS = 24;

  /* lever_data.unpack_series: [size][horizon] -> Float64Array, or null where the quantity cannot be told. */
  function unpack(series, nSizes, nHorizons) {
    if (!series.numbers) return null;
    const bytes = Uint8Array.from(atob(series.numbers), (letter) => letter.charCodeAt(0));
    const view = new DataView(bytes.buffer), n = bytes.length / 2 / (nSizes * nHorizons), found = [];
    for (let size = 0; size < nSizes; size += 1) {
      found.push([]);
      for (let horizon = 0; horizon < nHorizons; horizon += 1) {
        const first = size * nHorizons + horizon, scale = series.scales[first], values = new Float64Array(n);
        for (let k = 0; k < n; k += 1) values[k] = view.getInt16(2 * (first * n + k), true) * scale;
        found[size].push(values);
      }
    }
    return found;
  }

  /* surface.interpolate: weights of the sizes in the polynomial through all of them, and through nothing at 0. */
  function weightsAt(sizes, at) {
    return sizes.map((size, k) => sizes.reduce(
      (weight, other, j) => (j === k ? weight : weight * (at - other) / (size - other)), at / size));
  }

  function readAt(values, sizes, horizon, at) {
    const weights = weightsAt(sizes, at), found = new Float64Array(values[0][horizon].length);
    weights.forEach((weight, k) => values[k][horizon].forEach((value, j) => { found[j] += weight * value; }));
    return found;
  }

  /* money.Purse: margin kept and cost saved, less what the change costs at the start and by the month. */
  function presentValue(revenue, cost, margin, spent) {
    return revenue.map((value, k) => margin * value + cost[k] - spent);
  }

  function spending(oneOff, perMonth, discount) {
    return oneOff + perMonth * discount;
  }

  /* numpy.quantile(method="weibull"), of ascending numbers. */
  function quantile(sorted, share) {
    const place = Math.min(Math.max(share * (sorted.length + 1) - 1, 0), sorted.length - 1), below = Math.floor(place);
    const above = Math.min(below + 1, sorted.length - 1);
    return sorted[below] + (place - below) * (sorted[above] - sorted[below]);
  }

  /* answers.answer: the point with the interval of the draws, which always holds it. */
  function answer(values, level) {
    const sorted = values.slice(1).sort(), tail = (1 - level) / 2, point = values[0];
    return {
      point,
      low: Math.min(quantile(sorted, tail), point),
      high: Math.max(quantile(sorted, 1 - tail), point),
    };
  }

  function chance(values) {
    const draws = values.slice(1);
    return draws.filter((value) => value > 0).length / draws.length;
  }

  function mean(values) {
    return values.slice(1).reduce((sum, value) => sum + value, 0) / (values.length - 1);
  }

  /* payoff._break_even: the size nearest to nothing at which the expected NPV is zero, or the word that says why not. */
  function breakEven(revenue, cost, sizes, horizon, margin, spent) {
    if (spent === 0) return { at: null, why: "even_free" };
    const worth = sizes.map((_, k) => margin * mean(revenue[k][horizon]) + mean(cost[k][horizon]));
    const expected = (size) => weightsAt(sizes, size).reduce((sum, weight, k) => sum + weight * worth[k], -spent);
    for (let step = 0; step < TRIED; step += 1) {
      let low = step / TRIED, high = (step + 1) / TRIED;
      if ((expected(low) < 0) !== (expected(high) < 0)) {
        const below = expected(low) < 0;
        for (let round = 0; round < HALVINGS; round += 1) {
          const middle = (low + high) / 2;
          if ((expected(middle) < 0) === below) low = middle; else high = middle;
        }
        return { at: (low + high) / 2, why: "" };
      }
    }
    return { at: null, why: expected(1) < 0 ? "even_never" : "even_always" };
  }

  function powerOf(number) {
    return Number(Math.abs(number).toExponential(11).split("e")[1]);
  }

  function roundedTo(number, power) {
    const scaled = Number((power < 0 ? number * 10 ** -power : number / 10 ** power).toPrecision(12));
    const down = Math.floor(scaled), half = scaled - down;
    const whole = half === 0.5 ? down + (Math.abs(down) % 2) : Math.round(scaled);
    return (power < 0 ? whole / 10 ** -power : whole * 10 ** power) + 0;
  }

  /* numbers.round_estimate: two figures of the interval's width; what is not zero is not shown as zero. */
  function roundAnswer(found) {
    const [point, low, high] = [found.point, found.low, found.high].map((one) => Number(one.toPrecision(9)));
    const width = Number((high - low).toPrecision(12));
    const widest = width > 0 ? powerOf(width) - 1 : point ? Math.min(0, powerOf(point) - 2) : 0;
    const telling = low < 0 && high > 0 ? [low, high] : [low, point, high];
    const finer = [0, 1, 2].map((more) => widest - more)
      .find((power) => telling.every((one) => !one || roundedTo(one, power)));
    const power = finer === undefined ? widest : finer;
    return {
      point: roundedTo(point, power),
      low: roundedTo(low, power),
      high: roundedTo(high, power),
      decimals: Math.max(0, -power),
    };
  }

  function niceStep(range, most) {
    const least = range / most, power = 10 ** Math.floor(Math.log10(least));
    return power * [1, 2, 5, 10].find((factor) => factor * power >= least * (1 - 1e-9));
  }

  /* Columns of equal width with zero on an edge, so that none holds both gains and losses. */
  function histogram(values) {
    const draws = values.slice(1), low = Math.min(...draws), high = Math.max(...draws);
    if (!(high - low > 1e-9 * Math.max(Math.abs(low), Math.abs(high)))) return null;
    const step = niceStep(high - low, MOST_BINS - 2), first = Math.floor(low / step);
    const counts = new Array(Math.floor(high / step) - first + 1).fill(0);
    draws.forEach((value) => { counts[Math.floor(value / step) - first] += 1; });
    return { step, start: first * step, counts };
  }

  return {
    unpack, readAt, weightsAt, presentValue, spending, quantile, answer, chance, breakEven, roundAnswer, niceStep,
    histogram,
  };
})();
