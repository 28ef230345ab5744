// AssemblyScript. The inverse of a symmetric positive definite matrix of f32, in place: Cholesky, the inverse of the
// factor, and its product with itself. Rows lie one behind the other, each `n` long; `n` is a multiple of 8, so that no
// tile has an edge (the caller pads with the identity). `spare` is room for `2 * 64 * n` numbers.

// Rows that are packed together: their packed tiles of 4 x n, 64 rows of them, stay within a core's second cache.
const BLOCK: i32 = 64;

@inline function at(a: usize, n: i32, row: i32, column: i32): usize {
  return a + ((<usize>row * <usize>n + <usize>column) << 2);
}

// c[4 x 8] = c * keep + sign * sum over k of p[k][4] * q[k][8]: eight sums in registers, two loads and four splats a step.
function tile(p: usize, q: usize, steps: i32, c: usize, n: i32, keep: f32, sign: f32): void {
  let a0 = f32x4.splat(0), a1 = f32x4.splat(0), b0 = f32x4.splat(0), b1 = f32x4.splat(0);
  let c0 = f32x4.splat(0), c1 = f32x4.splat(0), d0 = f32x4.splat(0), d1 = f32x4.splat(0);
  const end = p + (<usize>steps << 4);
  for (; p < end; p += 16, q += 32) {
    const x = v128.load(q), y = v128.load(q, 16);
    let s = v128.load_splat<f32>(p);
    a0 = f32x4.relaxed_madd(s, x, a0); a1 = f32x4.relaxed_madd(s, y, a1);
    s = v128.load_splat<f32>(p, 4);
    b0 = f32x4.relaxed_madd(s, x, b0); b1 = f32x4.relaxed_madd(s, y, b1);
    s = v128.load_splat<f32>(p, 8);
    c0 = f32x4.relaxed_madd(s, x, c0); c1 = f32x4.relaxed_madd(s, y, c1);
    s = v128.load_splat<f32>(p, 12);
    d0 = f32x4.relaxed_madd(s, x, d0); d1 = f32x4.relaxed_madd(s, y, d1);
  }
  const row = <usize>n << 2;
  put(c, a0, a1, keep, sign);
  put(c + row, b0, b1, keep, sign);
  put(c + 2 * row, c0, c1, keep, sign);
  put(c + 3 * row, d0, d1, keep, sign);
}

@inline function put(c: usize, x: v128, y: v128, keep: f32, sign: f32): void {
  const k = f32x4.splat(keep), s = f32x4.splat(sign);
  v128.store(c, f32x4.add(f32x4.mul(v128.load(c), k), f32x4.mul(x, s)));
  v128.store(c, f32x4.add(f32x4.mul(v128.load(c, 16), k), f32x4.mul(y, s)), 16);
}

// `width` rows from `row` on, columns `from` to `to`, turned: to[k][width].
@inline function packRows(a: usize, n: i32, row: i32, width: i32, from: i32, to: i32, out: usize): void {
  for (let w = 0; w < width; w++) {
    let source = at(a, n, row + w, from), target = out + (<usize>w << 2);
    for (let k = from; k < to; k++, source += 4, target += <usize>width << 2) store<f32>(target, load<f32>(source));
  }
}

// `width` columns from `column` on, rows `from` to `to`, as they lie.
@inline function packColumns(a: usize, n: i32, column: i32, width: i32, from: i32, to: i32, out: usize): void {
  for (let k = from; k < to; k++) {
    memory.copy(out, at(a, n, k, column), <usize>width << 2);
    out += <usize>width << 2;
  }
}

function dot(a: usize, b: usize, length: i32): f32 {
  let s = f32x4.splat(0), i = 0;
  for (; i + 4 <= length; i += 4) s = f32x4.relaxed_madd(v128.load(a + (<usize>i << 2)), v128.load(b + (<usize>i << 2)), s);
  let sum = f32x4.extract_lane(s, 0) + f32x4.extract_lane(s, 1) + f32x4.extract_lane(s, 2) + f32x4.extract_lane(s, 3);
  for (; i < length; i++) sum += load<f32>(a + (<usize>i << 2)) * load<f32>(b + (<usize>i << 2));
  return sum;
}

// The lower factor L of L L' = a, in place, zeroes above. False where a is not positive definite.
export function cholesky(a: usize, n: i32, spare: usize): bool {
  for (let from = 0; from < n; from += BLOCK) {
    const to = min(from + BLOCK, n), steps = to - from;
    for (let row = from; row < n; row++) {
      const own = at(a, n, row, from), last = min(row, to);
      for (let column = from; column < last; column++) {
        const other = at(a, n, column, from);
        const value = load<f32>(own + (<usize>(column - from) << 2)) - dot(own, other, column - from);
        store<f32>(own + (<usize>(column - from) << 2), value / load<f32>(other + (<usize>(column - from) << 2)));
      }
      if (row < to) {
        const d = load<f32>(at(a, n, row, row)) - dot(own, own, row - from);
        if (!(d > 0)) return false;
        store<f32>(at(a, n, row, row), Mathf.sqrt(d));
      }
    }
    const by4 = spare, by8 = spare + (<usize>BLOCK * <usize>n << 2), each = <usize>steps << 2;
    for (let row = to; row < n; row += 4) packRows(a, n, row, 4, from, to, by4 + <usize>(row - to) * each);
    for (let row = to; row < n; row += 8) packRows(a, n, row, 8, from, to, by8 + <usize>(row - to) * each);
    for (let column = to; column < n; column += 8) {
      const q = by8 + <usize>(column - to) * each;
      for (let row = column; row < n; row += 4) tile(by4 + <usize>(row - to) * each, q, steps, at(a, n, row, column), n, 1, -1);
    }
  }
  for (let row = 0; row < n - 1; row++) memory.fill(at(a, n, row, row + 1), 0, <usize>(n - 1 - row) << 2);
  return true;
}

// The inverse of a lower factor, in place.
function invertLower(a: usize, n: i32, spare: usize): void {
  const panel = spare + (<usize>BLOCK * <usize>n << 2);
  for (let from = 0; from < n; from += BLOCK) {
    const to = min(from + BLOCK, n), each = <usize>from << 2;
    // The rows above are inverted already: what stands left of the block becomes -block * above.
    for (let row = from; row < to; row += 4) packRows(a, n, row, 4, 0, from, spare + <usize>(row - from) * each);
    for (let column = 0; column < from; column += 8) {
      packColumns(a, n, column, 8, column, from, panel);
      for (let row = from; row < to; row += 4)
        tile(spare + <usize>(row - from) * each + (<usize>column << 4), panel, from - column, at(a, n, row, column), n, 0, -1);
    }
    // Then the triangle on the diagonal is solved for all columns at once, row by row.
    for (let row = from; row < to; row++) {
      const scale = <f32>1 / load<f32>(at(a, n, row, row));
      const triangle = spare;
      memory.copy(triangle, at(a, n, row, from), <usize>(row - from) << 2);
      memory.fill(at(a, n, row, from), 0, <usize>(row - from) << 2);
      for (let k = from; k < row; k++) subtract(at(a, n, row, 0), at(a, n, k, 0), load<f32>(triangle + (<usize>(k - from) << 2)), k + 1);
      multiply(at(a, n, row, 0), scale, row);
      store<f32>(at(a, n, row, row), scale);
    }
  }
}

function subtract(target: usize, source: usize, times: f32, length: i32): void {
  const t = f32x4.splat(-times);
  let i = 0;
  for (; i + 4 <= length; i += 4) {
    const o = <usize>i << 2;
    v128.store(target + o, f32x4.relaxed_madd(v128.load(source + o), t, v128.load(target + o)));
  }
  for (; i < length; i++) {
    const o = <usize>i << 2;
    store<f32>(target + o, load<f32>(target + o) - times * load<f32>(source + o));
  }
}

function multiply(target: usize, by: f32, length: i32): void {
  for (let i = 0; i < length; i++) store<f32>(target + (<usize>i << 2), load<f32>(target + (<usize>i << 2)) * by);
}

// The inverse of a, in place and whole. False where a is not positive definite.
export function invert(a: usize, n: i32, spare: usize): bool {
  if (!cholesky(a, n, spare)) return false;
  invertLower(a, n, spare);
  const panel = spare + (<usize>BLOCK * <usize>n << 2);
  for (let from = 0; from < n; from += BLOCK) {
    const to = min(from + BLOCK, n), steps = n - from, each = <usize>steps << 2;
    for (let row = from; row < to; row += 4) packColumns(a, n, row, 4, from, n, spare + <usize>(row - from) * each);
    for (let column = 0; column < to; column += 8) {
      packColumns(a, n, column, 8, from, n, panel);
      for (let row = from; row < to; row += 4) tile(spare + <usize>(row - from) * each, panel, steps, at(a, n, row, column), n, 0, 1);
    }
  }
  for (let row = 0; row < n; row++)
    for (let column = 0; column < row; column++) store<f32>(at(a, n, column, row), load<f32>(at(a, n, row, column)));
  return true;
}
