import { columns } from './columns.ts';

/** Columns that stay in the raw file: they are not needed, and no surprise. */
const leftInTheFile = [
  '都市土地使用分區',
  '非都市土地使用分區',
  '非都市土地使用編定',
  '交易筆棟數',
  '主要建材',
  '建築完成年月',
  '建物現況格局-隔間',
  '有無管理組織',
];

const known: ReadonlySet<string> = new Set([...columns.flatMap(({ names }) => names), ...leftInTheFile]);

// As many as a damaged header may bring; their text is bounded likewise.
const mostNames = 20;
const longestName = 100;

/** Names of a header that no file had so far. */
export function unknownNames(names: readonly string[]): readonly string[] {
  const unknown = names.filter((name) => name !== '' && !known.has(name));
  return [...new Set(unknown.map((name) => [...name].slice(0, longestName).join('')))].slice(0, mostNames);
}
