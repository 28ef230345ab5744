import type { GlyphBook } from './glyphs.ts';
import type { Layout, PlacedWord } from './layout.ts';

// Dark enough on white for small words (contrast 4.5 and more).
const colours = ['#1f4e79', '#b03a2e', '#1d6f42', '#6c3483', '#a04000', '#0e6674', '#7b241c', '#283747'];

/** A cloud as SVG: outlines, not text, so that drawing it needs no font. */
export function pictureOf({ width, height, words }: Layout, font: GlyphBook): string {
  const drawn = words.map((word, index) => wordSvg(word, font, colours[index % colours.length] ?? '#000'));
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}"><rect width="${width}" height="${height}" fill="#fff"/>${drawn.join('')}</svg>`;
}

function wordSvg({ word, size, x, y }: PlacedWord, font: GlyphBook, colour: string): string {
  const scale = size / font.unitsPerEm;
  let at = x;
  let paths = '';
  for (const character of word) {
    const glyph = font.of(character);
    if (!glyph) continue;
    if (glyph.outline !== '')
      // A font's y goes up.
      paths += `<path transform="matrix(${scale} 0 0 ${-scale} ${at} ${y})" d="${glyph.outline}"/>`;
    at += glyph.advance * size;
  }
  return `<g fill="${colour}">${paths}</g>`;
}
