/** Numbers in [0, 1) from a seed, by a multiplicative congruential generator (Lehmer, 48271 mod 2^31 - 1). */
export function seeded(seed: number): () => number {
  const modulus = 2_147_483_647;
  let state = (seed % modulus) + 1;
  return () => {
    state = (state * 48_271) % modulus;
    return (state - 1) / (modulus - 1);
  };
}
