/** Rows of one publication and county have room for this many numbers. */
export const NUMBERS_PER_PUBLICATION = 10_000;

/** Numbers from here on belong to no publication: test files of any size count from it. */
export const FIRST_FREE_NUMBER = 50_000_000;

/**
 * A serial number of the site's looks, like RPTOMLNKPHHGFBF28CB: one for each (county, number), below 100,000,000.
 *
 * Eight of its places carry a digit of the number each, written from another letter on; the rest is fixed, so that no two agree.
 */
export function serialNumber(letter: string, number: number): string {
  const digit = (position: number) => Math.floor(number / 10 ** position) % 10;
  const from = (first: string, value: number) => String.fromCharCode(first.charCodeAt(0) + value);

  return [
    `RP${from('O', digit(0))}${from('N', digit(1))}ML`,
    `${from('L', digit(4))}K${from('I', digit(5))}`,
    `H${from('G', digit(6))}${from('G', digit(7))}F`,
    `${from('A', number % 7)}${letter}`,
    `${digit(2)}${digit(3)}${number % 3 === 0 ? 'D' : 'C'}B`,
  ].join('');
}
