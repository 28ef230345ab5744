/** The way back of every migration: there is none. A mistake is mended by the next migration, data and all. */
export async function forwardOnly(): Promise<void> {
  throw new Error('Migrations go forward only: add one that mends what this one did.');
}
