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
  const required = dependencies.filter((row) => row.required && row.state !== 'reachable');
  // A site of others is not required: work waits for it.
  const away = dependencies.filter((row) => !row.required && row.state === 'unreachable');
  const endings = [...required, ...away].map(({ kind, name, without }) => `Without ${kind} ${name}: ${without}`);
  const verdict = required.length > 0 ? [] : ['Everything that is required is there.'];
  return [api, '', ...lines, '', ...verdict, ...endings].join('\n');
}
