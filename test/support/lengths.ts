import { inject } from 'vitest';

/** `npm test` and `npm run test:long` cut each proof to what it proves; `npm run proof` runs the same code at its full length. */
declare module 'vitest' {
  interface ProvidedContext {
    readonly length: 'cut' | 'full';
  }
}

const table = {
  cut: {
    kills: 8,
    killsWhileStarting: 2,
    killMoments: 4,
    databaseOutages: 2,
    slotKills: 4,
    alertFailures: 5000,
    sesRefusedMs: 75_000,
    fileMegabytes: 100,
    uploadMebibytes: 256,
    replays: 1000,
    replaysUnderKills: 600,
    replayKills: 2,
    records: 50_000,
    outageMs: 20_000,
    // The values at every edge take most of its time.
    schemathesisPhases: 'examples,fuzzing',
    examplesPerOperation: 20,
    // Each partition has a record of five megabytes beyond its first two thousand.
    taggedMessages: 10_000,
    failuresOfOneMail: 5000,
    tasks: 1000,
    taskStackKills: 2,
    taskWorkerKills: 6,
    briefs: 20,
    briefWorkerKills: 9,
    behaviorEvents: 10_000,
    ingestedItems: 2000,
    generatedBehaviors: 100_000,
  },
  full: {
    kills: 50,
    killsWhileStarting: 10,
    killMoments: 11,
    databaseOutages: 5,
    slotKills: 8,
    alertFailures: 100_000,
    sesRefusedMs: 150_000,
    fileMegabytes: 200,
    uploadMebibytes: 2048,
    replays: 10_000,
    replaysUnderKills: 2000,
    replayKills: 5,
    records: 1_000_000,
    outageMs: 60_000,
    schemathesisPhases: 'examples,coverage,fuzzing',
    examplesPerOperation: 100,
    taggedMessages: 100_000,
    failuresOfOneMail: 50_000,
    tasks: 10_000,
    taskStackKills: 3,
    taskWorkerKills: 12,
    briefs: 20,
    briefWorkerKills: 30,
    behaviorEvents: 100_000,
    ingestedItems: 20_000,
    generatedBehaviors: 1_000_000,
  },
} as const;

/** How far the proofs of this run go. */
export const lengths = table[inject('length')];

/** As a test's name tells a number. */
export const counted = (number: number) => number.toLocaleString('en');

/**
 * What `npm test` and `npm run test:long` draw is the same each time, so that a change is what makes them fail; each run of
 * `npm run proof` draws anew. The variable repeats a run.
 */
export const seedOf = (variable: 'MILLRACE_FUZZ_SEED' | 'MILLRACE_KILL_SEED') =>
  Number(process.env[variable] ?? (inject('length') === 'full' ? Date.now() % 1_000_000 : 1));
