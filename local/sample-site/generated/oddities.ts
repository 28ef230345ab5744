import { type Cells, type Column, place } from './csv-format.ts';

/** Works on a row that is cut to the columns of its year already: what those don't have stays away. */
type Change = (cells: Cells) => void;

const change =
  (column: Column, by: (value: string) => string): Change =>
  (cells) => {
    const value = cells[place[column]];
    if (value !== undefined) {
      cells[place[column]] = by(value);
    }
  };

const set =
  (...values: readonly (readonly [Column, string])[]): Change =>
  (cells) => {
    for (const [column, value] of values) {
      change(column, () => value)(cells);
    }
  };

/** What makes a row a problem row, a kind for each rule of the loader; each publication has one row of each. */
const problemRows = {
  'rooms empty': set(['建物現況格局-房', '']),
  'rooms not whole': set(['建物現況格局-房', '2.5']),
  'rooms negative': set(['建物現況格局-房', '-1']),
  'too many rooms': set(['建物現況格局-房', '33']),
  'too many living rooms': set(['建物現況格局-廳', '121']),
  'a date for bathrooms': set(['建物現況格局-衛', '11090512']),
  'two reasons': set(['建物現況格局-廳', '113'], ['建物現況格局-衛', '113']),
  'price with decimals': change('總價元', (price) => `${price}.0`),
  'price in words': set(['車位總價元', 'abc']),
  'price negative': change('總價元', (price) => `-${price}`),
  'area negative': set(['建物移轉總面積平方公尺', '-64.2']),
  'impossible date': change('交易年月日', (date) => `${date.slice(0, -4)}0230`),
  'date empty': set(['交易年月日', '']),
  'serial number missing': set(['編號', '']),
  'one field too many': set(['備註', '總價含家電,含車位']),
  // The zoning cell is gone, so that everything after it stands one place to the left.
  'one field too few': (cells) => cells.splice(place.都市土地使用分區, 1),
  'text too long': change('土地位置建物門牌', (location) => location + lots(600)),
} as const satisfies Record<string, Change>;

/** What looks wrong and isn't: these rows are good ones. */
const goodOddities = {
  'stray quote': change('備註', (note) => `${note}採"大坪數規劃`),
  'quote for a unit': set(['棟及號', '"']),
  'private-use character': change('土地位置建物門牌', (location) => `${location}\uE1B5仔`),
  'private-use character in a name': change('建案名稱', (name) => `${name}\uE00B`),
  'replacement character': change('建案名稱', (name) => `${name.slice(0, 1)}\uFFFD${name.slice(1)}`),
  'replacement character in a note': change('備註', (note) => `${note}含\uFFFD台`),
  'lots named in the address': change('土地位置建物門牌', (location) => location + lots(3)),
} as const satisfies Record<string, Change>;

/** Every oddity by its name. */
export const oddities: Readonly<Record<string, Change>> = { ...problemRows, ...goodOddities };

function lots(count: number): string {
  return `、${Array.from({ length: count }, (_, index) => `${index + 1}地號`).join('、')}`;
}
