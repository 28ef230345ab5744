import type { Measures } from '../models/measures.ts';

// What two trainings of the same rows differ by on a slice of some hundred users.
const margin = 0.01;

/** Whether a model may take the place of another that was measured on the same slice: not worse by more than the margin. */
export function passesGate(own: Measures, other: Measures): boolean {
  return own.users > 0 && own.ndcg >= other.ndcg * (1 - margin) && own.map >= other.map * (1 - margin);
}
