import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { resourceTypes } from '../src/template/resource-types.ts';

const readme = path.resolve(import.meta.dirname, '../README.md');
const marks = [
  '<!-- resource types: node build/resource-table.ts -->\n\n',
  '\n<!-- end of resource types -->',
] as const;

/** The README with the tables of today's resource types between its marks. */
export function withResourceTable(text: string): string {
  const [begin, end] = marks.map((mark) => text.indexOf(mark));
  if (begin === undefined || end === undefined || begin < 0 || end < begin)
    throw new Error('The README has no place for the table of resource types');
  return text.slice(0, begin + marks[0].length) + resourceTable() + text.slice(end);
}

function resourceTable(): string {
  const rows = Object.entries(resourceTypes).sort(([one], [other]) => (one < other ? -1 : 1));
  const played = rows.flatMap(([type, rule]) => {
    if ('absent' in rule) return [];
    const without = Object.entries(rule.without ?? {}).map(([name, reason]) => `\`${name}\` (${reason})`);
    return [`| \`${type}\` | ${rule.plays.map((name) => `\`${name}\``).join(', ')} | ${without.join('; ')} |`];
  });
  const absent = Map.groupBy(
    rows.flatMap(([type, rule]) => ('absent' in rule ? [{ type, reason: rule.absent }] : [])),
    ({ reason }) => reason,
  );
  const reasons = [...absent].map(
    ([reason, types]) => `| ${types.map(({ type }) => `\`${type}\``).join(', ')} | ${reason} |`,
  );
  return `| type | properties that decide | properties without effect here |
|---|---|---|
${played.join('\n')}

These have no counterpart here; a start names them with the reason:

| types | why |
|---|---|
${reasons.join('\n')}
`;
}

if (import.meta.main) writeFileSync(readme, withResourceTable(readFileSync(readme, 'utf8')));
