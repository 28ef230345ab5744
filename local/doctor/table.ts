import type { Diagnosis, Row } from './diagnose.ts';

const heads = ['', 'kind', 'name', 'ms', 'version', 'note'] as const;
const signs: Readonly<Record<Row['state'], string>> = { reachable: 'ok', unreachable: 'NO', 'not configured': '-' };

/** The diagnosis for a terminal: a line each, then what stops working without those that are missing. */
export function tableOf({ api, dependencies }: Diagnosis): string {
  const cells = dependencies.map((row) => [
    signs[row.state],
    row.kind,
    row.name,
    row.latency_ms === null ? '' : String(row.latency_ms),
    row.version ?? '',
    row.state === 'not configured' ? 'not configured' : (row.note ?? ''),
  ]);
  const widths = heads.map((head, column) => Math.max(head.length, ...cells.map((line) => line[column]?.length ?? 0)));
  const lines = [heads, ...cells].map((line) =>
    line
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd(),
  );
  const missing = dependencies.filter(({ required, state }) => required && state !== 'reachable');
  const endings = missing.map(({ kind, name, without }) => `Without ${kind} ${name}: ${without}`);
  return [api, '', ...lines, '', ...(missing.length > 0 ? endings : ['Everything that is required is there.'])].join(
    '\n',
  );
}
