import * as z from 'zod';
import { defineTask, file, type TaskContext } from '#kit/task.ts';
import { WordCounter, wordLimits } from '#language/words/word-counter.ts';

/** The state of a checkpoint. */
const counted = z.object({ bytes: z.int(), counts: z.record(z.string(), z.number()) });

// Each writes all words counted so far: often enough that little is lost, rarely enough that it costs nothing.
const checkpointEveryMs = 20_000;

/** `tasks.general.example:file_word_count` */
export const fileWordCount = defineTask({
  name: 'tasks.general.example:file_word_count',
  summary: 'Counts the words of an uploaded file of any size.',
  doc: `Words are what stands between white space, as Python's \`str.split()\` has it. The file is UTF-8 text and is read as a stream. At most ${wordLimits.words} different words; a file with more is for \`tasks.general.example:spark_word_count\`.`,
  creator: 'millrace',
  published: true,
  publishedOn: '2026-11-21',
  input: z.object({ file: file() }),
  // Not a record: zod's leaves out the word "__proto__".
  output: z.custom<Record<string, number>>().meta({ type: 'object', additionalProperties: { type: 'integer' } }),
  runsOn: 'steps',
  timeoutSeconds: 6 * 3600,
  retries: 2,
  run: ({ file: name }, context) => countFile(name, context),
});

async function countFile(name: string, context: TaskContext): Promise<Record<string, number>> {
  const resumed = counted.safeParse(context.resumeFrom).data ?? { bytes: 0, counts: {} };
  const counter = WordCounter.resume(resumed);
  const { size, stream } = await context.files.open(name, { from: resumed.bytes });
  let bytes = resumed.bytes;
  let kept = performance.now();
  for await (const piece of stream) {
    counter.add(piece);
    bytes += piece.length;
    if (performance.now() - kept < checkpointEveryMs) continue;
    context.progress((100 * bytes) / size, `${bytes} of ${size} bytes`);
    await context.checkpoint(counter.soFar());
    kept = performance.now();
  }
  context.progress(100);
  return counter.end();
}
