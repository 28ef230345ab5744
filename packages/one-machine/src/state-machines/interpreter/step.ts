import { StateFailure } from '../errors.ts';
import type { Ending, HistoryEvent, Transition } from '../execution.ts';
import { type Frame, indexesOf, mapItem, stateOf } from './frame.ts';
import type { Change, FrameRow, Run } from './run.ts';

/** "Service quotas", AWS developer guide: a history that reaches 25,000 events fails the execution. */
const longestHistory = 25_000;

/** Gathers what one step changes and hands it to the journal at once. */
export class Step {
  readonly #run: Run;
  readonly #events: HistoryEvent[] = [];
  readonly #transitions: Transition[] = [];
  readonly #frames: FrameRow[] = [];
  readonly #removed: string[] = [];
  #end: Ending | undefined;

  constructor(run: Run) {
    this.#run = run;
  }

  /** A history event of a frame; throws States.Runtime when the history is full. */
  note(frame: Frame, type: string, details?: HistoryEvent['details']): this {
    // The last place belongs to the event that ends the execution.
    if (this.#run.lastEvent >= longestHistory - 1 && !/^Execution[A-Z]/.test(type)) {
      throw new StateFailure(
        'States.Runtime',
        `The execution reached the maximum number of history events (${longestHistory}).`,
      );
    }
    this.#run.lastEvent += 1;
    this.#events.push({
      id: this.#run.lastEvent,
      at: this.#run.now(),
      type,
      previous: frame.lastEvent,
      details,
    });
    frame.lastEvent = this.#run.lastEvent;
    return this;
  }

  /** An event that nothing follows: the frame's next one names the same predecessor, as AWS has it. */
  noteAside(frame: Frame, type: string, details?: HistoryEvent['details']): this {
    const { lastEvent } = frame;
    this.note(frame, type, details);
    frame.lastEvent = lastEvent;
    return this;
  }

  /** Progress to show once this step is durable. */
  tell(frame: Frame, kind: Transition['kind'], more: Partial<Transition> = {}): this {
    const { execution, now } = this.#run;
    const item = mapItem(frame);
    this.#transitions.push({
      executionArn: execution.arn,
      executionName: execution.name,
      machine: execution.machine.name,
      kind,
      at: now(),
      path: indexesOf(frame),
      ...(kind === 'ended' ? {} : { state: frame.stateName, type: stateOf(frame).Type }),
      ...(item === undefined ? {} : { item: item.Value }),
      ...more,
    });
    return this;
  }

  /** Writes the frame as it stands now. */
  keep(frame: Frame): this {
    this.#frames.push({
      path: frame.path,
      state: frame.stateName,
      enteredAt: frame.enteredAt,
      wakeAt: frame.wakeAt,
      enteredEvent: frame.enteredEvent,
      enteredAfter: frame.enteredAfter,
      lastEvent: frame.lastEvent,
      finished: frame.result !== undefined,
      input: JSON.stringify(frame.input),
      variables: JSON.stringify(frame.variables),
      retries: JSON.stringify(frame.retries),
      fanOut: frame.fanOut && JSON.stringify(frame.fanOut),
      output: frame.result && JSON.stringify(frame.result.output),
    });
    return this;
  }

  /** Forgets the iterations or branches of a frame. */
  dropChildren(frame: Frame): this {
    this.#removed.push(`${frame.path}/`);
    return this;
  }

  /** Ends the execution; no frame is needed after that. */
  end(ending: Ending): this {
    this.#end = ending;
    this.#removed.push('');
    return this;
  }

  /** Resolves when durable; rejects with the signal's reason, writing nothing, when the strand was cut off. */
  async commit(signal?: AbortSignal): Promise<void> {
    signal?.throwIfAborted();
    await this.#run.journal.commit(this.change());
  }

  /** As `commit`, for what may be lost with a crash as long as the order stays. */
  append(signal?: AbortSignal): void {
    signal?.throwIfAborted();
    this.#run.journal.append(this.change());
  }

  /** What has been gathered, for the writer that writes it its own way. */
  change(): Change {
    return {
      events: this.#events,
      transitions: this.#transitions,
      frames: this.#frames,
      removed: this.#removed,
      end: this.#end,
    };
  }
}
