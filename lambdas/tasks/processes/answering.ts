import type { TaskContext } from '#kit/task.ts';
import type { Asks, FromProcess, ToProcess } from './messages.ts';
import { tell } from './told-error.ts';

type Heard = Exclude<FromProcess, { kind: 'done' | 'failed' }>;

/** The worker's side of a function's context: does what its process asks for. */
export interface Answering {
  hear(message: Heard): void;
  /** Closes what the function left open. */
  close(): Promise<void>;
}

// Pieces of S3 have 16 to 64 KiB; a message for each would cost more than its bytes.
const pieceBytes = 512 * 1024;

export function answering(context: TaskContext, send: (message: ToProcess) => void): Answering {
  const streams = new Map<number, AsyncIterator<Uint8Array>>();
  let opened = 0;
  const does: { readonly [K in keyof Asks]: (given: Asks[K]) => Promise<unknown> } = {
    checkpoint: ({ state }) => context.checkpoint(JSON.parse(state)),
    read: ({ statement, parameters }) => context.read(statement, parameters),
    call: ({ capability, input }) => context.call(capability, input),
    async open({ file, from }) {
      const { stream, ...about } = await context.files.open(file, { from });
      opened += 1;
      streams.set(opened, stream[Symbol.asyncIterator]());
      return { ...about, stream: opened };
    },
    pull: async ({ stream }) => nextPiece(streams.get(stream)),
    async close({ stream }) {
      const iterator = streams.get(stream);
      streams.delete(stream);
      await iterator?.return?.();
    },
  };
  const answer = async ({ ask, what, given }: Extract<Heard, { kind: 'ask' }>) => {
    try {
      const act = does[what] as (given: unknown) => Promise<unknown>;
      send({ kind: 'answer', ask, ok: await act(given) });
    } catch (error) {
      send({ kind: 'answer', ask, error: tell(error) });
    }
  };
  return {
    hear(message) {
      if (message.kind === 'ask') void answer(message);
      else if (message.kind === 'progress') context.progress(message.percent, message.text);
      else if (message.kind === 'log')
        context.log[message.level](message.message, JSON.parse(message.fields) as Record<string, unknown>);
    },
    async close() {
      for (const iterator of streams.values()) await iterator.return?.();
    },
  };
}

/** Some pieces as one; `undefined` at the end. */
async function nextPiece(iterator: AsyncIterator<Uint8Array> | undefined): Promise<Uint8Array | undefined> {
  const pieces: Uint8Array[] = [];
  for (let bytes = 0; bytes < pieceBytes; ) {
    const next = await iterator?.next();
    if (!next || next.done) break;
    pieces.push(next.value);
    bytes += next.value.length;
  }
  return pieces.length === 0 ? undefined : Buffer.concat(pieces);
}
