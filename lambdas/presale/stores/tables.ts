import type { CountyOutcome } from '../contract.ts';
import type { CountyLetter, CountyName } from '../publication/counties.ts';
import type { RunStanding } from '../publication/run-standing.ts';

/** One row of presale.deals. Dates are `2022-07-13`. */
export interface DealRow {
  readonly id: number;
  readonly county: CountyName;
  readonly serial_number: string;
  readonly district: string;
  readonly transaction_target: string;
  readonly location: string;
  readonly transaction_date: string;
  readonly floor_text: string;
  readonly floor: number | null;
  readonly total_floors: number | null;
  readonly main_use: string;
  readonly building_type: string;
  readonly land_area_m2: number;
  readonly building_area_m2: number;
  readonly parking_area_m2: number;
  readonly rooms: number;
  readonly living_rooms: number;
  readonly bathrooms: number;
  readonly note: string;
  readonly project_name: string;
  readonly unit: string;
  readonly termination: string;
  readonly price_twd: number;
  readonly unit_price_twd_per_m2: number;
  readonly parking_type: string;
  readonly parking_price_twd: number;
  readonly publication_date: string;
  /** The publication date, or the last day of a season's quarter: the newer one wins. */
  readonly as_of: string;
  readonly loaded_at: Date;
  readonly withdrawn_at: Date | null;
  readonly source_key: string;
  readonly run_id: string;
}

/** One row of presale.runs. */
export interface RunRow {
  readonly name: string;
  readonly run_id: string;
  readonly publication_date: string;
  readonly season: string | null;
  /** All that the run was ever asked for: what its state is about. */
  readonly counties: readonly CountyLetter[];
  /** Those of the last execution. */
  readonly asked: readonly CountyLetter[];
  /** Whether all counties there are were asked for once. */
  readonly whole: boolean;
  readonly state: 'running' | RunStanding['state'];
  /** Rounds over the counties, so far. */
  readonly attempts: number;
  readonly reason: string | null;
  readonly started_at: Date;
  readonly ended_at: Date | null;
}

/** One row of presale.county_runs. */
export interface CountyRunRow {
  readonly run_name: string;
  readonly letter: CountyLetter;
  readonly county: CountyName;
  readonly run_id: string;
  readonly state: CountyOutcome['state'];
  readonly reason: string | null;
  readonly source_key: string | null;
  readonly sha256: string | null;
  readonly bytes: number | null;
  readonly rows_read: number;
  readonly good: number;
  readonly problems: number;
  readonly duplicates: number;
  readonly inserted: number;
  readonly updated: number;
  readonly unchanged: number;
  readonly kept_newer: number;
  readonly withdrawn: number;
  readonly fetch_ms: number | null;
  readonly load_ms: number | null;
  readonly updated_at: Date;
}

/** One row of presale.problems. */
export interface ProblemRow {
  readonly id: number;
  readonly run_name: string;
  readonly letter: CountyLetter;
  readonly line_number: number;
  readonly county: CountyName;
  readonly publication_date: string;
  readonly raw: Readonly<Record<string, string>>;
  readonly reasons: readonly { readonly column: string; readonly reason: string }[];
  readonly source_key: string;
  readonly run_id: string;
  readonly found_at: Date;
  /** What the file says, once raw was changed. */
  readonly file_raw: Readonly<Record<string, string>> | null;
  /** Since when the row is right, and under which serial number; null while it is a problem. */
  readonly corrected_at: Date | null;
  readonly corrected_serial: string | null;
  /** Of its failure in the ledger; null for a row from before problem rows were written there. */
  readonly failure_key: string | null;
}

/** A problem row as people see it. */
export interface ProblemReport extends ProblemRow {
  /** The names of its columns, in its file's order. */
  readonly header: readonly string[];
}

/** One row of presale.corrections. */
export interface CorrectionRow {
  readonly id: number;
  readonly run_name: string;
  readonly letter: CountyLetter;
  readonly line_number: number;
  readonly corrected_by: string;
  readonly corrected_at: Date;
  readonly source: string | null;
  readonly before: Readonly<Record<string, string>>;
  readonly after: Readonly<Record<string, string>>;
  readonly outcome: 'loaded' | 'kept-newer' | 'problem';
  readonly reasons: readonly { readonly column: string; readonly reason: string }[];
}

/** A correction with where its problem row stands. */
export interface CorrectionReport extends CorrectionRow {
  readonly publication_date: string;
}

/** One row of presale.deal_statistics_monthly. Prices in 萬 (10,000 TWD), the unit price in 萬 per 坪. */
export interface MonthlyStatisticRow {
  readonly county: CountyName;
  readonly district: string;
  readonly year: number;
  readonly month: number;
  readonly project_name: string;
  readonly rooms: number;
  readonly count: number;
  readonly average_price_wan: number;
  readonly average_house_price_wan: number;
  /** null when no deal of the group has a house area. */
  readonly average_house_unit_price_wan_per_ping: number | null;
}

/** One row of presale.deal_statistics_new_projects: the last months of a project, by size. */
export interface NewProjectRow {
  readonly county: CountyName;
  readonly district: string;
  readonly project_name: string;
  readonly months: 1 | 3 | 6;
  /** In 坪: `[0,10)`, `[10,20)`, `[20,30)`, `[30,40)`, `[40,inf)`. */
  readonly size_class: string;
  readonly first_deal: string;
  readonly count: number;
  readonly average_house_unit_price_wan_per_ping: number;
  readonly average_price_wan: number;
  /** The day that the months go back from. */
  readonly as_of: string;
}

/** The tables of this workload, by the names that queries use. */
export interface PresaleTables {
  'presale.deals': DealRow;
  'presale.runs': RunRow;
  'presale.county_runs': CountyRunRow;
  'presale.problems': ProblemRow;
  'presale.corrections': CorrectionRow;
  'presale.deal_statistics_monthly': MonthlyStatisticRow;
  'presale.deal_statistics_new_projects': NewProjectRow;
}

/** What a run waits for now, and until when; null while it doesn't wait. */
export interface RunWaits {
  readonly waits_for: string | null;
  readonly waits_until: Date | null;
}

/** A run with what became of each of its counties. */
export interface RunReport extends RunRow, RunWaits {
  readonly results: readonly Omit<CountyRunRow, 'run_name'>[];
}
