import type { Counted } from '../analysis.ts';
import type { Glyph, GlyphBook } from './glyphs.ts';

/** A word at its place: its box holds all of its ink, and the base line of its first character begins at x, y. */
export interface PlacedWord {
  readonly word: string;
  readonly size: number;
  readonly x: number;
  readonly y: number;
  readonly box: Box;
}

/** In pixels, y downwards. */
export interface Box {
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
}

export interface Layout {
  readonly width: number;
  readonly height: number;
  readonly words: readonly PlacedWord[];
  /** Those of which the font has no sign. */
  readonly unwritable: readonly string[];
}

// Below it Chinese is no longer legible.
const smallestSize = 12;
// Of the picture's height.
const largestShare = 0.16;
const shrinking = 0.92;
const growing = 1.15;
/** Pixels around each word. */
const gap = 3;

/** Of the picture's area, what boxes on a spiral can cover; more is tried in vain. */
const fullest = 0.62;

interface Sized {
  readonly word: string;
  readonly glyphs: readonly Glyph[];
  /** 1 is the most frequent. */
  readonly weight: number;
}

/**
 * Places every word: the most frequent one first and in the middle, the others on a spiral around it. Where not all find
 * room, all are made smaller, and at the smallest legible size the picture is made larger. The same words stand in the
 * same place each time.
 */
export function layOut(
  counted: readonly Counted[],
  font: GlyphBook,
  { width, height }: { readonly width: number; readonly height: number },
): Layout {
  const { sized, unwritable } = measured(counted, font);
  for (let [w, h, largest] = [width, height, firstSize(sized, { width, height })]; ; ) {
    const words = placed(sized, { width: w, height: h, largest });
    if (words) return { width: w, height: h, words, unwritable };
    if (largest * shrinking > smallestSize * 2) largest *= shrinking;
    else [w, h, largest] = [Math.ceil(w * growing), Math.ceil(h * growing), h * growing * largestShare];
  }
}

/** The size of the most frequent word with which all boxes together have room, were they poured. */
function firstSize(words: readonly Sized[], { width, height }: Pick<Canvas, 'width' | 'height'>): number {
  let largest = height * largestShare;
  const areaOf = (word: Sized) => {
    const ink = inkOf(word, { width, height, largest });
    return (ink.right - ink.left + gap) * (ink.bottom - ink.top + gap);
  };
  while (largest * shrinking > smallestSize * 2) {
    if (words.reduce((sum, word) => sum + areaOf(word), 0) <= fullest * width * height) break;
    largest *= shrinking;
  }
  return largest;
}

function measured(counted: readonly Counted[], font: GlyphBook) {
  const most = counted[0]?.count ?? 1;
  const sized: Sized[] = [];
  const unwritable: string[] = [];
  for (const { word, count } of counted) {
    const glyphs = [...word].flatMap((character) => font.of(character) ?? []);
    // Roots bring near what counts keep far apart: a word that is there ten times as often has thrice the size.
    if (glyphs.some(hasInk)) sized.push({ word, glyphs, weight: Math.sqrt(count / most) });
    else unwritable.push(word);
  }
  return { sized, unwritable };
}

interface Canvas {
  readonly width: number;
  readonly height: number;
  /** The font size of the most frequent word. */
  readonly largest: number;
}

/** All words placed; `undefined` when one finds no room. */
function placed(words: readonly Sized[], canvas: Canvas): PlacedWord[] | undefined {
  const all: PlacedWord[] = [];
  for (const [index, word] of words.entries()) {
    const place = placeOf(word, inkOf(word, canvas), { canvas, taken: all, turn: index });
    if (!place) return undefined;
    all.push(place);
  }
  return all;
}

/** Blanks have none. */
const hasInk = ({ left, right }: Glyph): boolean => right > left;

interface Ink extends Box {
  readonly size: number;
}

/** The box of a word whose base line begins at 0, 0. One that is too wide for the picture is made smaller. */
function inkOf({ glyphs, weight }: Sized, { width, largest }: Canvas): Ink {
  const advance = glyphs.reduce((sum, glyph) => sum + glyph.advance, 0);
  const wanted = Math.max(smallestSize, largest * weight);
  const size = Math.floor(Math.min(wanted, (width * 0.9) / advance) * 2) / 2;
  let x = 0;
  let [left, top] = [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY];
  let [right, bottom] = [Number.NEGATIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const glyph of glyphs) {
    if (hasInk(glyph)) {
      left = Math.min(left, x + glyph.left);
      right = Math.max(right, x + glyph.right);
      top = Math.min(top, glyph.top);
      bottom = Math.max(bottom, glyph.bottom);
    }
    x += glyph.advance;
  }
  return { size, left: left * size, right: right * size, top: top * size, bottom: bottom * size };
}

// Near the middle steps are short, and further out as far apart as a small word is high.
const stepLength = 6;
const turnDistance = 8;
/** The golden angle: no two words start in the same direction. */
const goldenAngle = Math.PI * (3 - Math.sqrt(5));

function placeOf(
  { word }: Sized,
  ink: Ink,
  { canvas, taken, turn }: { readonly canvas: Canvas; readonly taken: readonly PlacedWord[]; readonly turn: number },
): PlacedWord | undefined {
  const { width, height } = canvas;
  const [boxWidth, boxHeight] = [ink.right - ink.left, ink.bottom - ink.top];
  const reach = Math.hypot(width, height) / 2 + turnDistance;
  const [stretchX, stretchY] = [width / Math.max(width, height), height / Math.max(width, height)];
  let angle = 0;
  // What was in the way is mostly in the way of the next step, too.
  let blocking: Box | undefined;
  for (let radius = 0; radius <= reach; ) {
    const direction = angle + turn * goldenAngle;
    const left = Math.round(width / 2 + radius * Math.cos(direction) * stretchX * Math.SQRT2 - boxWidth / 2);
    const top = Math.round(height / 2 + radius * Math.sin(direction) * stretchY * Math.SQRT2 - boxHeight / 2);
    const box = { left, top, right: left + boxWidth, bottom: top + boxHeight };
    if (isInside(box, canvas) && !(blocking && overlaps(box, blocking))) {
      blocking = taken.find((other) => overlaps(box, other.box))?.box;
      if (!blocking) return { word, size: ink.size, x: left - ink.left, y: top - ink.top, box };
    }
    angle += stepLength / Math.max(radius, stepLength);
    radius = (turnDistance * angle) / (2 * Math.PI);
  }
  return undefined;
}

function isInside({ left, top, right, bottom }: Box, { width, height }: Canvas): boolean {
  return left >= gap && top >= gap && right <= width - gap && bottom <= height - gap;
}

function overlaps(one: Box, other: Box): boolean {
  return (
    one.left < other.right + gap &&
    other.left < one.right + gap &&
    one.top < other.bottom + gap &&
    other.top < one.bottom + gap
  );
}
