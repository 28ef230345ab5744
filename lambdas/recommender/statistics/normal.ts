const { sqrt, exp, abs, PI } = Math;

/** Beyond it the continued fraction converges in fewer terms than the series, and loses no digits. */
const seriesUpTo = 2;

/** 2/√π e^-x² Σ 2^n x^(2n+1) / (1·3·…·(2n+1)): all its terms have one sign, so that none cancels another. */
function erfBySeries(x: number): number {
  let term = x;
  let sum = x;
  for (let n = 1; abs(term) > abs(sum) * Number.EPSILON; n++) {
    term *= (2 * x * x) / (2 * n + 1);
    sum += term;
  }
  return (2 / sqrt(PI)) * exp(-x * x) * sum;
}

/** e^-x²/√π · 1/(x + (1/2)/(x + (2/2)/(x + …))), from the far end: 100 terms are more than any x above 2 needs. */
function erfcByFraction(x: number): number {
  let below = x;
  for (let n = 100; n >= 1; n--) below = x + n / 2 / below;
  return exp(-x * x) / sqrt(PI) / below;
}

/** The complementary error function, to some thirteen digits also where it is tiny. */
export function erfc(x: number): number {
  if (abs(x) < seriesUpTo) return 1 - erfBySeries(x);
  return x > 0 ? erfcByFraction(x) : 2 - erfcByFraction(-x);
}

/** How probable a standard normal value above z is. */
export const upperTail = (z: number): number => erfc(z / Math.SQRT2) / 2;

/** The z above which a standard normal value is with this probability: `upperQuantile(0.025)` is 1.95996. */
export function upperQuantile(probability: number): number {
  if (!(probability > 0 && probability < 1)) throw new RangeError(`${probability} is no probability`);
  // Doubles know no smaller tail than that of 38; each halving brings one bit.
  let low = -39;
  let high = 39;
  for (let bits = 0; bits < 64; bits++) {
    const middle = (low + high) / 2;
    if (upperTail(middle) > probability) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}

/**
 * How probable a chi-squared value above x is. For one and two degrees it has a closed form, and each two degrees more
 * add one term: Q(a + 1, y) = Q(a, y) + y^a e^-y / Γ(a + 1).
 */
export function chiSquaredTail(x: number, degrees: number): number {
  if (x <= 0) return 1;
  const y = x / 2;
  const odd = degrees % 2 === 1;
  let a = odd ? 0.5 : 1;
  let tail = odd ? erfc(sqrt(y)) : exp(-y);
  let term = odd ? (2 * sqrt(y) * exp(-y)) / sqrt(PI) : y * exp(-y);
  for (; a < degrees / 2; a++) {
    tail += term;
    term *= y / (a + 1);
  }
  return tail;
}
