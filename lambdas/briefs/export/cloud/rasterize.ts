import { existsSync, readFileSync } from 'node:fs';
import { initWasm, Resvg } from '@resvg/resvg-wasm';
import { once } from '#kit/once.ts';

/** The package's own file; the bundler puts a copy beside a handler's code. */
const wasmName = 'index_bg.wasm';

const load = once(() => {
  const beside = new URL(`./${wasmName}`, import.meta.url);
  return initWasm(
    readFileSync(existsSync(beside) ? beside : new URL(import.meta.resolve('@resvg/resvg-wasm/index_bg.wasm'))),
  );
});

/** Draws an SVG without text or pictures in it as a PNG file. */
export async function rasterize(svg: string): Promise<Uint8Array> {
  await load();
  const drawing = new Resvg(svg);
  const image = drawing.render();
  try {
    return image.asPng();
  } finally {
    // WebAssembly's memory knows no garbage collection.
    image.free();
    drawing.free();
  }
}
