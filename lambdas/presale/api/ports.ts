import type { Page, Paging } from '#kit/api/paging.ts';
import type { Clock } from '#kit/clock.ts';
import type {
  CorrectionReport,
  CorrectionRow,
  DealRow,
  MonthlyStatisticRow,
  NewProjectRow,
  ProblemReport,
  RunReport,
} from '../stores/tables.ts';
import type { SortBy } from './sort.ts';

export interface DealFilter extends Paging {
  readonly counties: readonly string[];
  readonly district?: string | undefined;
  /** First and last transaction date, both included. */
  readonly from: string;
  readonly to: string;
  /** Part of the project's name. */
  readonly search?: string | undefined;
  /** Also those that their season's file no longer holds. */
  readonly withdrawn: boolean;
  readonly sort: readonly SortBy[];
}

export interface StatisticFilter extends Paging {
  readonly counties?: readonly string[] | undefined;
  readonly district?: string | undefined;
  readonly year?: number | undefined;
  readonly month?: number | undefined;
  readonly project?: string | undefined;
}

export interface NewProjectFilter extends Paging {
  readonly counties?: readonly string[] | undefined;
  readonly district?: string | undefined;
}

/** Of problem rows, and of their corrections. */
export interface ProblemFilter extends Paging {
  readonly publicationDate?: string | undefined;
  readonly county?: string | undefined;
}

export interface DealReader {
  /** Throws UnavailableError while the database is away. */
  list(filter: DealFilter): Promise<Page<DealRow>>;
  find(id: number): Promise<DealRow | undefined>;
  statistics(filter: StatisticFilter): Promise<Page<MonthlyStatisticRow>>;
  newProjects(filter: NewProjectFilter): Promise<Page<NewProjectRow>>;
}

export interface RunReader {
  /** The newest publication first. */
  list(paging: Paging): Promise<Page<RunReport>>;
  /** By publication date. */
  find(publicationDate: string): Promise<RunReport | undefined>;
}

export interface ProblemBook {
  /** The problem rows that are not put right yet. */
  list(filter: ProblemFilter): Promise<Page<ProblemReport>>;
  /** Also one that is right by now; with its corrections, the first of them first. */
  find(id: number): Promise<(ProblemReport & { readonly corrections: readonly CorrectionRow[] }) | undefined>;
  /** The newest correction first. */
  corrections(filter: ProblemFilter): Promise<Page<CorrectionReport>>;
}

/** What every reading route works with. */
export interface ReadPorts {
  readonly deals: DealReader;
  readonly runs: RunReader;
  readonly problems: ProblemBook;
  readonly clock: Clock;
}
