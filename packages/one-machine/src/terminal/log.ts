import { appendFileSync, existsSync, mkdirSync, renameSync, statSync } from 'node:fs';
import path from 'node:path';

/** Everything the stack says: readable on a terminal or as JSON lines, and always as JSON lines in a file. */
export interface Log {
  /** A line a function printed. */
  functionLine(handler: string, line: string): void;
  /** For the file only. */
  debug(message: string): void;
  /** Something the runtime itself has to say. */
  say(message: string): void;
  warn(message: string): void;
  /** For the person at the terminal alone, never kept: it may hold a credential. */
  show(message: string): void;
}

export interface LogOptions {
  readonly json: boolean;
  readonly file: string;
  /** As whose the lines of the runtime itself are kept. @default one-machine */
  readonly source?: string;
  /** Whether what prints understands colours: a terminal does, a pipe or a file doesn't. @default no */
  readonly coloured?: boolean;
  readonly write: (text: string) => void;
}

interface Style {
  readonly red: string;
  readonly dim: string;
  readonly plain: string;
}

const coloured: Style = { red: '\u001b[31m', dim: '\u001b[2m', plain: '\u001b[0m' };
const uncoloured: Style = { red: '', dim: '', plain: '' };

/** Powertools' own keys, which a person has no use for. */
const hidden = new Set([
  'level',
  'message',
  'timestamp',
  'service',
  'cold_start',
  'function_arn',
  'function_memory_size',
  'function_name',
  'function_request_id',
  'sampling_rate',
  'xray_trace_id',
  'apiRequestId',
  'correlation_id',
  'error',
]);

/** Lines that a state machine's progress shows already, or that the caller sees: kept, not shown. */
const quiet: ReadonlySet<unknown> = new Set(['The step is done', 'The batch is done', 'Answered']);

/** More than two lines of a terminal hide what stands above; the file has all of it. */
const shownCharacters = 160;

/** A log that keeps the file and prints to `write`. */
export function openLog(options: LogOptions): Log {
  mkdirSync(path.dirname(options.file), { recursive: true, mode: 0o700 });
  rotate(options.file);
  const keep = keeper(options);
  const source = options.source ?? 'one-machine';
  const style = options.coloured ? coloured : uncoloured;
  const print = (entry: Entry) =>
    options.write(options.json ? `${JSON.stringify(entry)}\n` : readable(entry, style, source));
  const emit = (entry: Entry) => {
    keep(entry);
    print(entry);
  };
  const own = (level: string) => (message: string) =>
    emit({ timestamp: new Date().toISOString(), level, source, message });
  return {
    show: (message) => print({ timestamp: new Date().toISOString(), level: 'INFO', source, message }),
    say: own('INFO'),
    warn: own('WARN'),
    debug: (message) => keep({ timestamp: new Date().toISOString(), level: 'DEBUG', source, message }),
    functionLine(handler, line) {
      const entry = parsed(line);
      if (!entry) return emit({ timestamp: new Date().toISOString(), level: 'INFO', source: handler, message: line });
      // Metrics are for CloudWatch; here they are kept and not shown.
      if ('_aws' in entry) return keep({ source: handler, ...entry });
      const whole = { timestamp: new Date().toISOString(), level: 'INFO', message: '', ...entry, source: handler };
      if (quiet.has(whole.message)) keep(whole);
      else emit(whole);
    },
  };
}

/** Appends to the file. Says once that it can't be written, as on a full disk, until it can be again. */
function keeper({ file, write }: LogOptions): (entry: object) => void {
  let written = true;
  return (entry) => {
    try {
      appendFileSync(file, `${JSON.stringify(entry)}\n`, { mode: 0o600 });
      written = true;
    } catch (error) {
      if (written) write(`The log is not kept, for its file can’t be written: ${String(error)}\n`);
      written = false;
    }
  };
}

type Entry = {
  readonly timestamp: string;
  readonly level: string;
  readonly source: string;
  readonly message: unknown;
} & Readonly<Record<string, unknown>>;

function parsed(line: string): Record<string, unknown> | undefined {
  if (!line.startsWith('{')) return undefined;
  try {
    return JSON.parse(line) as Record<string, unknown>;
  } catch {
    return undefined;
  }
}

function readable(entry: Entry, { red, dim, plain }: Style, own: string): string {
  const time = new Date(entry.timestamp).toTimeString().slice(0, 8);
  const loud = entry.level === 'ERROR' || entry.level === 'WARN' || entry.level === 'CRITICAL';
  const extras = Object.entries(entry)
    .filter(([key, value]) => !hidden.has(key) && key !== 'source' && value !== undefined)
    .map(([key, value]) => `${key}=${typeof value === 'string' ? value : JSON.stringify(value)}`)
    .map((extra) => (loud || extra.length <= shownCharacters ? extra : `${extra.slice(0, shownCharacters)}…`));
  const { error } = entry as { error?: { name?: string; message?: string } };
  const reason = error?.message === undefined ? [] : [`${error.name ?? 'Error'}: ${error.message}`];
  const level = loud ? `${red}${entry.level}${plain} ` : '';
  const source = entry.source === own ? '' : `${dim}${entry.source}${plain}  `;
  return `${dim}${time}${plain}  ${source}${level}${[String(entry.message), ...reason, ...extras].join('  ')}\n`;
}

// Months of an idle stack, or a day of a busy one; one older file is kept beside it.
const rotateBytes = 50 * 1024 * 1024;

function rotate(file: string): void {
  if (existsSync(file) && statSync(file).size > rotateBytes) renameSync(file, `${file}.1`);
}
