import type { BackedUp, CountyOutcome, LoadedCounty, RunPlan } from './contract.ts';
import type { FileRow } from './file/file-row.ts';
import type { Refusals } from './file/read-file.ts';
import type { CountyLetter } from './publication/counties.ts';
import type { RunStanding } from './publication/run-standing.ts';

/** What the site answers, not yet checked to be what was asked for. */
export interface SiteAnswer {
  readonly status: number;
  /** Lower case; '' when the site names none. */
  readonly contentType: string;
  /** The site's own clock; `undefined` where it names none. */
  readonly date?: Date | undefined;
  readonly body: AsyncIterable<Uint8Array>;
}

/** Asks the ministry's site. `read` runs again on each try; it throws TransientError or ThrottledError to get one. */
export type AskSite = <R>(url: string, read: (answer: SiteAnswer) => Promise<R>) => Promise<R>;

/** The bucket of raw files, receipts and problem rows. */
export interface RawFiles {
  put(key: string, body: string, options?: { readonly contentType?: string }): Promise<void>;
  /** Nothing stands under the key when the stream fails. */
  upload(key: string, body: AsyncIterable<Uint8Array>, options?: { readonly contentType?: string }): Promise<void>;
  /** Throws NotFoundError. */
  read(key: string): Promise<AsyncIterable<Uint8Array>>;
  /** Throws NotFoundError. */
  readText(key: string): Promise<string>;
  exists(key: string): Promise<boolean>;
}

/** The state machine of runs. */
export interface RunMachine {
  start(name: string, input: unknown): Promise<'started' | 'exists'>;
  status(name: string): Promise<'running' | 'succeeded' | 'failed' | undefined>;
}

/** One county's file on its way into the database. */
export interface CountyFile {
  readonly plan: RunPlan;
  readonly county: CountyLetter;
  readonly backup: BackedUp;
}

/** Opens a file's rows from its first byte; a second time when some of its lines turn out to be refused. */
export type OpenRows = (refusals?: Refusals) => AsyncIterable<readonly FileRow[]>;

/** Loads one county's file in one transaction: all of its good and problem rows, or nothing. */
export type LoadDeals = (file: CountyFile, rows: OpenRows) => Promise<LoadedCounty>;

/** One problem row as it is kept. */
export interface KeptProblem {
  readonly line_number: number;
  readonly raw: Readonly<Record<string, string>>;
  readonly reasons: readonly { readonly column: string; readonly reason: string }[];
}

/**
 * Hands the problem rows of one county of a run to their writer, in the file's order. Those who write the same
 * county's follow one another: what is written last is the newest.
 */
export type ReadProblems = (
  runName: string,
  county: CountyLetter,
  write: (problems: AsyncIterable<KeptProblem>) => Promise<void>,
) => Promise<void>;

/** What the database says about one county of a run. */
export interface CountyFacts {
  readonly county: CountyLetter;
  readonly state: CountyOutcome['state'];
  readonly reason: string | null;
  readonly good: number;
  readonly kept_newer: number;
  /** Rows in deals that carry the run's publication date and are not withdrawn. */
  readonly rows_in_database: number;
  /** Those of them that were problem rows until they were corrected. */
  readonly corrected: number;
}

/** Why a county isn't in after a round. */
export interface CountyFailure {
  readonly county: CountyLetter;
  /** A word to group by. */
  readonly reason: string;
  readonly message: string;
}

/** What runs leave in the failure ledger. */
export interface CountyFailures {
  /** Keeps the counties that failed in a round; those of the plan that are not pending are put right. Twice is once. */
  keepRound(
    round: {
      readonly plan: RunPlan;
      readonly attempt: number;
      readonly machine?: string | undefined;
      readonly pending: readonly CountyLetter[];
    },
    failed: readonly CountyFailure[],
  ): Promise<void>;
  /** A run of the plan's counties is in: the executions of the same run that gave up before it, as far as they are made good. */
  runIsIn(plan: RunPlan, execution: string | undefined, complete: boolean): Promise<void>;
}

/** One county of a run, for reports. */
export interface CountyReport extends CountyFacts {
  readonly source_key: string | null;
  readonly rows_read: number;
  readonly problems: number;
  readonly duplicates: number;
  readonly inserted: number;
  readonly updated: number;
  readonly unchanged: number;
  readonly withdrawn: number;
  readonly fetch_ms: number | null;
  readonly load_ms: number | null;
}

/** The book of runs. */
export interface RunBook {
  /** A run starts, or starts again under its name. The same execution may say so twice. */
  begin(plan: RunPlan): Promise<void>;
  /** Keeps what became of the counties of one round; loads have been kept by the load itself. */
  keepRound(plan: RunPlan, outcomes: readonly CountyOutcome[], attempt: number): Promise<void>;
  facts(plan: RunPlan): Promise<readonly CountyReport[]>;
  /** Keeps why each county of the plan isn't in after a round, and that the others are. */
  keepReasons(plan: RunPlan, reasons: Readonly<Partial<Record<CountyLetter, string>>>): Promise<void>;
  /** The execution ends, or gives up with a cause; resolves to how the run stands then, with all its counties. */
  end(plan: { name: string; run_id: string }, gaveUp?: string): Promise<RunStanding>;
  /** An execution failed before there was a plan: it is in the lists of runs all the same. */
  unplanned(runId: string, cause: string): Promise<void>;
  /** The run that an execution works on. */
  of(runId: string): Promise<{ readonly name: string; readonly run_id: string } | undefined>;
}

/** Computes the statistics of new projects of some counties anew, as of a day; resolves to the number of their groups. */
export type RefreshNewProjects = (counties: readonly CountyLetter[], today: string) => Promise<number>;

/** Computes the monthly statistics of some counties anew; resolves to the number of groups they have now. */
export type RefreshStatistics = (counties: readonly CountyLetter[]) => Promise<number>;

/** A county whose statistics lag behind a load. */
export interface StaleCounty {
  readonly letter: CountyLetter;
  /** The load that they lag behind. */
  readonly loaded_by: string;
}

/** Which counties' statistics are behind; a load says so in its own transaction. */
export interface StaleStatistics {
  read(): Promise<readonly StaleCounty[]>;
  /** They are computed; one that was loaded again meanwhile stays. */
  settle(counties: readonly StaleCounty[]): Promise<void>;
}

/** One county's last six files before a run's, newest or oldest first alike. */
export interface EarlierCounts {
  readonly county: CountyLetter;
  readonly rows_read: readonly number[];
  readonly problems: readonly number[];
}

/** What is remembered of earlier files, to notice what is odd about a new one. */
export interface DriftBook {
  /** Unknown columns; each is kept with the run that saw it first. */
  sawColumns(file: CountyFile, names: readonly string[]): Promise<void>;
  /**
   * Tells, once, of what is odd about a run and of new columns that no report told of yet, whichever execution saw them;
   * resolves to all of it as sentences, and to how many of them are told for the first time. The same execution may say
   * so twice.
   */
  tell(plan: RunPlan, oddities: readonly string[]): Promise<{ sentences: readonly string[]; news: number }>;
  /** Publications are compared with publications, seasons with seasons. */
  earlier(plan: RunPlan): Promise<readonly EarlierCounts[]>;
}
