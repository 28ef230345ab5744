import { describe, expect, test } from 'vitest';
import type { Counted } from '../../../../lambdas/briefs/export/analysis.ts';
import { cloudOf, cloudSizes } from '../../../../lambdas/briefs/export/cloud/cloud.ts';
import { shippedFont } from '../../../../lambdas/briefs/export/cloud/glyphs.ts';
import { type Layout, layOut, type PlacedWord } from '../../../../lambdas/briefs/export/cloud/layout.ts';
import { pictureOf } from '../../../../lambdas/briefs/export/cloud/picture.ts';
import { rasterize } from '../../../../lambdas/briefs/export/cloud/rasterize.ts';
import { randomNumbers } from '../../../support/random.ts';
import { type Picture, readPng } from './read-png.ts';

const font = shippedFont();
const size = cloudSizes.stage;

/** Words of two to `longest` signs, and Latin ones between them. */
function wordsOf(many: number, longest: number, seed = 1): readonly Counted[] {
  const random = randomNumbers(seed);
  const letter = () =>
    random() < 0.1
      ? String.fromCharCode(97 + Math.floor(random() * 26))
      : String.fromCodePoint(0x4e00 + Math.floor(random() * 2000));
  const written = (sign: string) => font.of(sign) !== undefined;
  const words = new Set<string>();
  while (words.size < many) {
    const signs = Array.from({ length: 2 + Math.floor(random() * (longest - 1)) }, letter).filter(written);
    if (signs.length > 1) words.add(signs.join(''));
  }
  return [...words].map((word, index) => ({ word, count: Math.ceil(1000 / (index + 1)) }));
}

const overlap = (one: PlacedWord, other: PlacedWord) =>
  one.box.left < other.box.right &&
  other.box.left < one.box.right &&
  one.box.top < other.box.bottom &&
  other.box.top < one.box.bottom;

function faultsOf({ width, height, words }: Layout): readonly string[] {
  const cut = words.filter(({ box }) => box.left < 0 || box.top < 0 || box.right > width || box.bottom > height);
  const pairs = words.flatMap((one, index) => words.slice(index + 1).map((other) => [one, other] as const));
  return [
    ...cut.map(({ word }) => `${word} is cut`),
    ...pairs.filter(([one, other]) => overlap(one, other)).map(([one, other]) => `${one.word} is over ${other.word}`),
  ];
}

describe('a layout', () => {
  test.each([
    ['usual words', wordsOf(200, 4)],
    ['long topics', wordsOf(200, 30, 2)],
    ['two words', wordsOf(2, 4, 3)],
    ['one word', [{ word: '护肤', count: 1 }]],
    ['one topic of sixty signs', [{ word: '护'.repeat(60), count: 9 }]],
    ['all as often', wordsOf(200, 6, 4).map(({ word }) => ({ word, count: 7 }))],
    ['one far above the others', wordsOf(200, 4, 5).map((one, index) => ({ ...one, count: index === 0 ? 1e6 : 1 }))],
  ])('has every word in, none cut and none over another: %s', (_, words) => {
    const layout = layOut(words, font, size);

    expect(layout.words.map(({ word }) => word)).toEqual(words.map(({ word }) => word));
    expect(layout.unwritable).toEqual([]);
    expect(faultsOf(layout)).toEqual([]);
    expect(Math.min(...layout.words.map((one) => one.size))).toBeGreaterThanOrEqual(12);
  });

  test('is the same for the same words, and gives the more frequent no smaller place', () => {
    const words = wordsOf(100, 4);
    const layout = layOut(words, font, size);

    expect(layOut(words, font, size)).toEqual(layout);
    const sizes = layout.words.map((one) => one.size);
    expect(sizes).toEqual(sizes.toSorted((a, b) => b - a));
  });

  test('names the words of which the font has no sign, and writes of others what it has', () => {
    const layout = layOut(
      [
        { word: '🐱🐱', count: 3 },
        { word: '猫🐱', count: 2 },
      ],
      font,
      size,
    );

    expect(layout.unwritable).toEqual(['🐱🐱']);
    expect(layout.words.map(({ word }) => word)).toEqual(['猫🐱']);
  });
});

describe('the font', () => {
  test('draws nothing outside of the box that it tells', () => {
    const signs = Array.from({ length: 0x9fa5 - 0x4e00 }, (_, index) => String.fromCodePoint(0x4e00 + index));
    const known = signs.flatMap((sign) => font.of(sign) ?? []);
    const outside = known.filter(({ outline, left, right, top, bottom }) => {
      const numbers = outline.match(/-?\d+/g)?.map((number) => Number(number) / font.unitsPerEm) ?? [];
      const [xs, ys] = [numbers.filter((_, at) => at % 2 === 0), numbers.filter((_, at) => at % 2 === 1)];
      // Control points of curves stand off the ink, by less than the ink is wide.
      const most = (right - left + (bottom - top)) / 2;
      return (
        xs.some((x) => x < left - most || x > right + most) || ys.some((y) => -y < top - most || -y > bottom + most)
      );
    });

    expect(known.length).toBeGreaterThan(8000);
    expect(outside).toEqual([]);
  });

  test('has simplified and traditional signs, kana and Latin letters', () => {
    expect([...'护肤護膚臺灣ひカAaé＃·0'].filter((sign) => font.of(sign) === undefined)).toEqual([]);
  });
});

describe('a picture', () => {
  /** Whether any ink is in these pixels. */
  const inkIn = ({ width, pixels }: Picture, left: number, top: number, right: number, bottom: number) => {
    for (let y = Math.floor(top); y < Math.ceil(bottom); y += 1)
      for (let x = Math.floor(left); x < Math.ceil(right); x += 1) {
        const at = (y * width + x) * 4;
        if ((pixels[at] ?? 255) + (pixels[at + 1] ?? 255) + (pixels[at + 2] ?? 255) < 600) return true;
      }
    return false;
  };

  test('shows each word up to the edges of its box, and nothing between the boxes', async () => {
    const layout = layOut(wordsOf(120, 5, 7), font, size);
    const picture = readPng(await rasterize(pictureOf(layout, font)));

    expect([picture.width, picture.height]).toEqual([layout.width, layout.height]);
    const bare = layout.words.filter(({ box: { left, top, right, bottom } }) => {
      const [edge, w, h] = [2, right - left, bottom - top];
      const sides = [
        inkIn(picture, left, top, left + edge + w * 0.02, bottom),
        inkIn(picture, right - edge - w * 0.02, top, right, bottom),
        inkIn(picture, left, top, right, top + edge + h * 0.02),
        inkIn(picture, left, bottom - edge - h * 0.02, right, bottom),
      ];
      return sides.includes(false);
    });
    expect(bare.map(({ word }) => word)).toEqual([]);
    expect(strayInk(picture, layout)).toBe(0);
  });

  test('is the same, byte for byte, for the same words', async () => {
    const words = wordsOf(50, 4);

    expect(Buffer.from(await cloudOf(words, size))).toEqual(Buffer.from(await cloudOf(words, size)));
  });

  test.each([[[]], [[{ word: '🐱', count: 3 }]]])('without a word to show says so (%#)', async (words) => {
    const { width, height, pixels } = readPng(await cloudOf(words, size));
    const dark = pixels.filter((value, at) => at % 4 === 0 && value < 128).length;

    expect([width, height]).toEqual([size.width, size.height]);
    expect(dark).toBeGreaterThan(1000);
  });
});

/** Dark pixels that are in no word's box. */
function strayInk({ width, height, pixels }: Picture, { words }: Layout): number {
  const inBox = new Uint8Array(width * height);
  for (const { box } of words)
    for (let y = Math.floor(box.top) - 1; y <= box.bottom + 1; y += 1)
      inBox.fill(1, y * width + Math.floor(box.left) - 1, y * width + Math.ceil(box.right) + 1);
  let stray = 0;
  for (let at = 0; at < width * height; at += 1) if (inBox[at] === 0 && (pixels[at * 4] ?? 255) < 200) stray += 1;
  return stray;
}
