import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { cut, initSync } from 'jieba-wasm/web';
import { commandLine, program } from 'one-machine/terminal/command-line.ts';
import { encodeDictionary } from '../../lambdas/language/dictionary/dictionary-file.ts';
import { buildDictionary, type WordCount } from './build-dictionary.ts';

const usage = `node training/words/make-dictionary.ts [--out file]

Writes the words of jieba-wasm, in the version that is installed, as the file that the segmenter reads.`;

await program(() => {
  const { values } = commandLine(usage, {
    words: { least: 0, most: 0 },
    options: { out: { type: 'string', default: 'lambdas/language/dictionary/words.dictionary' } },
  });
  const words = wordsInMemory();
  const file = encodeDictionary(buildDictionary(words));
  writeFileSync(values.out, file);
  process.stdout.write(`${words.length} words, ${(file.length / 1e6).toFixed(2)} MB, written to ${values.out}\n`);
});

/** jieba unpacks its list of words at the first cut and keeps the text of it: `word frequency part-of-speech` a line. */
function wordsInMemory(): readonly WordCount[] {
  const wasm = new URL('./jieba_rs_wasm_bg.wasm', import.meta.resolve('jieba-wasm/web'));
  const { memory } = initSync({ module: readFileSync(fileURLToPath(wasm)) });
  cut('北京', false);
  const bytes = Buffer.from(memory.buffer);
  // The first word of jieba's list.
  const start = bytes.indexOf('AT&T 3 nz\n');
  if (start < 0) throw new Error('The memory of jieba-wasm holds no list of words that begins as jieba’s does');
  const words: WordCount[] = [];
  for (let at = start; ; ) {
    const end = bytes.indexOf('\n', at);
    const [, word, count] = /^(\S+) (\d+)(?: \S+)?$/.exec(bytes.toString('utf8', at, end < 0 ? at : end)) ?? [];
    if (word === undefined || count === undefined) return words;
    words.push({ word, count: Number(count) });
    at = end + 1;
  }
}
