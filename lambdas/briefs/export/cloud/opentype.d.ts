/** What is used of opentype.js, whose package brings no types, and whose entry for Node.js is no ES module. */
declare module 'opentype.js/dist/opentype.mjs' {
  export type Command =
    | { readonly type: 'M' | 'L'; readonly x: number; readonly y: number }
    | Curve
    | { readonly type: 'Z' };
  interface Curve {
    readonly type: 'Q';
    readonly x1: number;
    readonly y1: number;
    readonly x: number;
    readonly y: number;
  }
  interface Glyph {
    /** 0 stands for what the font hasn't. */
    readonly index: number;
    readonly advanceWidth: number;
    /** Of a TrueType font: quadratic curves and lines, in its units; y goes up. */
    readonly path: { readonly commands: readonly Command[] };
    getBoundingBox(): { readonly x1: number; readonly y1: number; readonly x2: number; readonly y2: number };
  }
  interface Font {
    readonly unitsPerEm: number;
    charToGlyph(character: string): Glyph;
  }
  export function parse(buffer: ArrayBuffer, options?: { readonly lowMemory?: boolean }): Font;
}
