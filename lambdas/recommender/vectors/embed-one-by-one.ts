import { type Embed, type ItemText, unit, vectorLength } from './text-vector.ts';

// A batch of 500 is done within some seconds, and stays below what a new account may ask within a minute.
const atOnce = 8;
// The model reads 8,192 tokens, and refuses a text of more. A token is a byte at least, whatever the language.
const longestTextBytes = 8000;

/** Batches of a turn: 1,000 texts, each within half a second, are a minute of the function's two. */
export const batchesOfModel = 2;

/** Texts by a model that takes one at a time. One that says nothing is not asked for: models refuse it. */
export function embedOneByOne(embedText: (text: string) => Promise<readonly number[]>): Embed {
  return async (items) => {
    const vectors: Float32Array[] = [];
    const waiting = items.entries();
    let isRefused = false;
    const work = async () => {
      for (const [at, item] of waiting) {
        // What has failed as a whole needs no further vectors, and a model that is asked too much no further texts.
        if (isRefused) return;
        const text = textOf(item);
        vectors[at] = text === '' ? new Float32Array(vectorLength) : unit(Float32Array.from(await embedText(text)));
      }
    };
    const stopOthers = (error: unknown) => {
      isRefused = true;
      throw error;
    };
    await Promise.all(Array.from({ length: atOnce }, () => work().catch(stopOthers)));
    return vectors;
  };
}

function textOf({ title, description, category, author, tags }: ItemText): string {
  const parts = [title, tags.join(', '), category, author, description];
  return beginning(parts.flatMap((part) => part?.trim() || []).join('\n'));
}

/** As many whole characters as there is room for. */
function beginning(text: string): string {
  const room = new Uint8Array(longestTextBytes);
  return text.slice(0, new TextEncoder().encodeInto(text, room).read);
}
