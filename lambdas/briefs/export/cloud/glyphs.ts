import { readFileSync } from 'node:fs';
import { type Command, parse } from 'opentype.js/dist/opentype.mjs';
import { once } from '#kit/once.ts';

/** One character as the font draws it, in ems: y goes down from the base line, as pictures have it. */
export interface Glyph {
  /** In the font's own units, y upwards. */
  readonly outline: string;
  readonly advance: number;
  /** Of the ink. */
  readonly top: number;
  readonly bottom: number;
  readonly left: number;
  readonly right: number;
}

/** A font, as far as pictures need it. */
export interface GlyphBook {
  readonly unitsPerEm: number;
  /** `undefined` for what the font can't write. */
  of(character: string): Glyph | undefined;
}

/**
 * The font that is shipped with the project: simplified and traditional Chinese in common use, kana, Latin, Greek and
 * Cyrillic. See noto-sans-sc.OFL.txt beside it.
 */
export const shippedFont: () => GlyphBook = once(() => {
  const { buffer, byteOffset, byteLength } = readFileSync(new URL('./noto-sans-sc.ttf', import.meta.url));
  const font = parse(buffer.slice(byteOffset, byteOffset + byteLength) as ArrayBuffer, { lowMemory: true });
  const em = font.unitsPerEm;
  const known = new Map<string, Glyph | undefined>();
  const read = (character: string): Glyph | undefined => {
    const glyph = font.charToGlyph(character);
    if (glyph.index === 0) return undefined;
    const { x1, y1, x2, y2 } = glyph.getBoundingBox();
    return {
      outline: glyph.path.commands.map(pathData).join(''),
      advance: glyph.advanceWidth / em,
      top: -y2 / em,
      bottom: -y1 / em,
      left: x1 / em,
      right: x2 / em,
    };
  };
  return {
    unitsPerEm: em,
    of: (character) => {
      if (!known.has(character)) known.set(character, read(character));
      return known.get(character);
    },
  };
});

/** opentype.js has a function for this, which writes -0.4 behind 678 as `6780`. */
function pathData(command: Command): string {
  if (command.type === 'Z') return 'Z';
  const { x, y } = command;
  return command.type === 'Q' ? `Q${points(command.x1, command.y1, x, y)}` : `${command.type}${points(x, y)}`;
}

/** A thousandth of an em is finer than any pixel. */
const points = (...numbers: readonly number[]) => numbers.map((number) => Math.round(number)).join(' ');
