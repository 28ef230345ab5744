import { readFileSync, writeFileSync } from 'node:fs';

/** What is used of the compiler. Its own types declare globals (console among them) over those of Node.js, so they stay out. */
interface Compiler {
  main(
    settings: readonly string[],
    files: {
      readFile(name: string): string | null;
      writeFile(name: string, contents: string | Uint8Array): void;
      listFiles(): string[];
    },
  ): Promise<{ readonly error: Error | null; readonly stderr: { toString(): string } }>;
}
const compiler: string = 'assemblyscript/asc';

const folder = new URL('../lambdas/recommender/kernel/', import.meta.url);

/** The kernel's module, built from its source. */
export async function buildKernel(): Promise<Uint8Array> {
  const source = readFileSync(new URL('linear-algebra.as', folder), 'utf8');
  const { main } = (await import(compiler)) as Compiler;
  let built: Uint8Array | undefined;
  const settings = [
    '--enable',
    'simd',
    '--enable',
    'relaxed-simd',
    '-O3',
    '--noAssert',
    '--runtime',
    'stub',
    '--importMemory',
    '--outFile',
    'kernel.wasm',
  ];
  const { error, stderr } = await main(['kernel.ts', ...settings], {
    readFile: (name) => (name === 'kernel.ts' ? source : null),
    writeFile: (_, contents) => {
      if (typeof contents !== 'string') built = contents;
    },
    listFiles: () => [],
  });
  if (error !== null || built === undefined) throw new Error(`the kernel could not be built: ${stderr.toString()}`);
  return built;
}

if (import.meta.main) {
  const bytes = Buffer.from(await buildKernel()).toString('base64');
  const lines = bytes.match(/.{1,100}/g) ?? [];
  const text = `/** What \`node bin/kernel.ts\` builds from linear-algebra.as; a test builds it again and compares. */\nexport const kernelBytes =\n${lines.map((line) => `  '${line}'`).join(' +\n')};\n`;
  writeFileSync(new URL('kernel-bytes.ts', folder), text);
}
