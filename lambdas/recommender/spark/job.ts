/** What outgrows a function: its factors are solved by Spark, between two turns of the function that trains. */

/** Below it a folder for each run: `interactions.parquet`, and what the job has written. */
export const sparkFolder = 'recommender/spark';

/** `{run}/interactions.parquet`: who touched what, users by number. */
export const pairColumns = [
  { name: 'user', type: 'integer' },
  { name: 'item', type: 'text' },
] as const;

/** A user's number and an item. */
export type Pair = readonly [user: number, item: string];

/** The parameters of {@link ials} that the job is given; they are not tuned, since one fit takes minutes. */
export const sparkParameters = { width: 64, unobserved: 0.1, lambda: 0.03, rounds: 10 } as const;

/** Where a run's pairs are. */
export function pairsKey(run: string): string {
  return `${sparkFolder}/${run}/interactions.parquet`;
}

/** Below it `factors`, one JSON list [item, [numbers]] a line, and `summary`. */
export function outputFolder(run: string): string {
  return `${sparkFolder}/${run}/output`;
}
