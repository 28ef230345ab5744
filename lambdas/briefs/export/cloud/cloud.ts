import type { Counted } from '../analysis.ts';
import { shippedFont } from './glyphs.ts';
import { layOut } from './layout.ts';
import { pictureOf } from './picture.ts';
import { rasterize } from './rasterize.ts';

/** Pictures of whole stages, and the smaller ones of single platforms. */
export const cloudSizes = {
  stage: { width: 1200, height: 750, words: 200 },
  platform: { width: 800, height: 500, words: 100 },
} as const;

const nothing: readonly Counted[] = [{ word: '没有可显示的词', count: 1 }];

/** A word cloud as a PNG file, most frequent words first; one without words says so. */
export function cloudOf(
  words: readonly Counted[],
  { width, height }: { width: number; height: number },
): Promise<Uint8Array> {
  const font = shippedFont();
  const layout = layOut(words, font, { width, height });
  const shown = layout.words.length > 0 ? layout : layOut(nothing, font, { width, height });
  return rasterize(pictureOf(shown, font));
}
