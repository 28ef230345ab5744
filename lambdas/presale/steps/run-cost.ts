/** What a run did that AWS counts. */
export interface RunWork {
  /** Of fetching and loading, over all counties. */
  readonly milliseconds: number;
  readonly counties: number;
  readonly rounds: number;
}

// us-east-1: Lambda on arm64 per GB-second, Step Functions per transition. Fetching and loading have 1 GB each.
const usdPerGigabyteSecond = 0.0000133334;
const usdPerTransition = 0.000025;
// Plan, ask, report; per round the map and the check; per county of a round its own states.
const transitions = { run: 8, round: 4, county: 5 };

/** What a run cost, in USD: its long functions and its states. An estimate: the database runs anyway, and tries that failed are not known. */
export function runCostUsd({ milliseconds, counties, rounds }: RunWork): number {
  const states = transitions.run + rounds * (transitions.round + counties * transitions.county);
  const usd = (milliseconds / 1000) * usdPerGigabyteSecond + states * usdPerTransition;
  // More digits than an estimate has.
  return Number(usd.toFixed(6));
}
