import * as z from 'zod';
import { count, dayText, momentText, rowId } from '#kit/api/answers.ts';
import { countyLetters, countyNames } from '../publication/counties.ts';

const text = z.string();
const area = z.number().min(0).describe('Square metres.');
const county = z.enum(countyNames);
const letter = z.enum(countyLetters).describe("The ministry's letter of the county.");
const cells = z.record(z.string(), z.string()).describe('Cells by the Chinese names of their columns.');
const reasons = z
  .array(z.object({ column: text, reason: text }))
  .describe('Which cells are wrong, and why; empty once none is.');
const publication = dayText.describe('Publication date: days 1, 11 and 21 of a month.');
const sourceKey = text.describe('Key of the raw file in the bucket of raw files.');
const execution = text.describe('Execution that wrote it last.');

/** One deal, as `presale.deals` has it. */
export const deal = z
  .object({
    id: rowId,
    county,
    serial_number: text.describe("The ministry's own number, unique within the county."),
    district: text,
    transaction_target: text,
    location: text,
    transaction_date: dayText,
    floor_text: text.describe('As the file has it, such as 十二層.'),
    floor: z.int().nullable().describe('Negative below ground; null where the text names no single floor.'),
    total_floors: z.int().nullable(),
    main_use: text,
    building_type: text,
    land_area_m2: area,
    building_area_m2: area,
    parking_area_m2: area,
    rooms: count,
    living_rooms: count,
    bathrooms: count,
    note: text,
    project_name: text,
    unit: text.describe('Building and number.'),
    termination: text.describe('Empty, or what the file says of the end of the contract.'),
    price_twd: count.describe('TWD, parking included.'),
    unit_price_twd_per_m2: count.describe('TWD per square metre.'),
    parking_type: text,
    parking_price_twd: count,
    publication_date: dayText.describe('Of the publication, or the date of the season.'),
    as_of: dayText.describe("The publication date, or the last day of a season's quarter: the newer one wins."),
    loaded_at: momentText,
    withdrawn_at: momentText.nullable().describe("When its season's file was seen without it; null while it is there."),
    source_key: sourceKey,
    run_id: execution,
  })
  .meta({ id: 'Deal' });

const wan = z.number().describe('萬: 10,000 TWD.');

/** One row of the monthly statistics. */
export const monthlyStatistic = z
  .object({
    county,
    district: text,
    year: z.int(),
    month: z.int().min(1).max(12),
    project_name: text,
    rooms: count,
    count: count.min(1).describe('Deals in the group.'),
    average_price_wan: wan,
    average_house_price_wan: wan.describe('Without parking, in 萬 (10,000 TWD).'),
    average_house_unit_price_wan_per_ping: z
      .number()
      .nullable()
      .describe('萬 per 坪 (3.3 square metres); null when no deal of the group has a house area.'),
  })
  .meta({ id: 'MonthlyStatistic' });

/** One row of the statistics of projects new to the market. */
export const newProject = z
  .object({
    county,
    district: text,
    project_name: text,
    months: z.literal([1, 3, 6]).describe('How many months back from as_of.'),
    size_class: z.enum(['[0,10)', '[10,20)', '[20,30)', '[30,40)', '[40,inf)']).describe('House area in 坪.'),
    first_deal: dayText,
    count: count.min(1),
    average_house_unit_price_wan_per_ping: z.number().describe('萬 per 坪.'),
    average_price_wan: wan,
    as_of: dayText.describe('The day that the months go back from.'),
  })
  .meta({ id: 'NewProject' });

/** What became of one county in a run. */
const countyRun = z
  .object({
    letter,
    county,
    run_id: execution,
    state: z.enum(['loaded', 'empty', 'unchanged', 'failed']),
    reason: text.nullable(),
    source_key: sourceKey.nullable(),
    sha256: text.nullable().describe('Of the raw file, in hex.'),
    bytes: count.nullable(),
    rows_read: count.describe('rows_read = good + problems + duplicates.'),
    good: count,
    problems: count,
    duplicates: count,
    inserted: count,
    updated: count,
    unchanged: count,
    kept_newer: count.describe('Rows that a newer publication had already.'),
    withdrawn: count,
    fetch_ms: count.nullable(),
    load_ms: count.nullable(),
    updated_at: momentText,
  })
  .meta({ id: 'PresaleCountyRun' });

/** A run with what became of each of its counties. */
export const presaleRun = z
  .object({
    name: text.describe('The publication date, or the season such as 111S3.'),
    run_id: execution,
    publication_date: dayText,
    season: text.nullable(),
    counties: z.array(letter).describe('All that it was ever asked for: what its state is about.'),
    asked: z.array(letter).describe('Those of its last execution.'),
    whole: z.boolean().describe('Whether all counties that are switched on were asked for at least once.'),
    state: z
      .enum(['running', 'complete', 'partial', 'failed'])
      .describe('`complete`: every county is in. `partial`: some are, and the reason lists the others.'),
    attempts: count.describe('Rounds over the counties, so far.'),
    reason: text.nullable(),
    waits_for: text
      .nullable()
      .describe('What a running run waits for: the site, or counties that are not in yet; null: it does not wait.'),
    waits_until: momentText.nullable().describe('When it tries again.'),
    started_at: momentText,
    ended_at: momentText.nullable(),
    results: z.array(countyRun),
  })
  .meta({ id: 'PresaleRun' });

/** A run that was asked for. */
export const startedRun = z
  .object({
    name: text.describe('Its name: the publication date, or the season.'),
    publication_date: dayText,
    season: text.nullable(),
    run_id: text.describe('Name of the execution.'),
  })
  .meta({ id: 'StartedPresaleRun' });

const place = { run_name: text, letter, line_number: count.describe('In the raw file; the header is line 1.') };

const problemFields = {
  id: rowId,
  ...place,
  county,
  publication_date: publication,
  raw: cells.describe(
    'Cells by the Chinese names of their columns; of a line that has another number of fields than the header only the line, as `原始資料`.',
  ),
  header: z.array(text).describe('The names of its columns: what such a line is corrected by, beside a new line.'),
  reasons,
  source_key: sourceKey,
  run_id: execution,
  found_at: momentText,
  file_raw: cells.nullable().describe('What the file says, once somebody has changed raw.'),
  corrected_at: momentText.nullable().describe('Since when the row is right; null while it is a problem.'),
  corrected_serial: text.nullable(),
  failure_key: text.nullable().describe('Of its failure in the ledger.'),
};

const correctionFields = {
  id: rowId,
  ...place,
  corrected_by: text.meta({ examples: ['admin:Mei'] }),
  corrected_at: momentText,
  source: text.nullable().describe('The version of the file that brought it; null for the API.'),
  before: cells,
  after: cells,
  outcome: z.enum(['loaded', 'kept-newer', 'problem']),
  reasons,
};

/** A row of a file that could not become a deal. */
export const problem = z.object(problemFields).meta({ id: 'ProblemRow' });

/** A problem row with all corrections it has had. */
export const problemWithCorrections = z
  .object({
    ...problemFields,
    corrections: z.array(z.object(correctionFields).meta({ id: 'Correction' })).describe('The first of them first.'),
  })
  .meta({ id: 'ProblemRowWithCorrections' });

/** A correction with where its problem row stands. */
export const correctionReport = z
  .object({ ...correctionFields, publication_date: dayText })
  .meta({ id: 'CorrectionReport' });

/** What a correction led to. */
export const correctedProblem = z
  .object({ id: rowId, state: z.enum(['loaded', 'kept-newer', 'problem', 'unchanged']), reasons })
  .meta({ id: 'CorrectedProblem' });
