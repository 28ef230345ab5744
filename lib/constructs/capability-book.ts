import type { IConstruct } from 'constructs';
import type { EdgeName } from './failure-book.ts';
import type { HandlerFunction } from './handler-function.ts';

/**
 * Steps that a workload lets others ask, by the names of their handlers. The workload that offers one enters it, the one
 * that asks reads the book, and neither knows the other.
 */
export class CapabilityBook {
  readonly #steps = new Map<EdgeName, HandlerFunction>();
  #read = false;
  static readonly #books = new WeakMap<IConstruct, CapabilityBook>();

  /** The book of the app a construct stands in. */
  static of(scope: IConstruct): CapabilityBook {
    const book = CapabilityBook.#books.get(scope.node.root) ?? new CapabilityBook();
    CapabilityBook.#books.set(scope.node.root, book);
    return book;
  }

  /** Throws when the book was read already: its reader would silently go without this step. */
  offer(step: HandlerFunction): void {
    if (this.#read) throw new Error(`${step.handler} is offered too late: list its workload before those that ask it`);
    this.#steps.set(step.handler, step);
  }

  /** The asked steps that this app has. */
  offered<Name extends EdgeName>(names: readonly Name[]): { readonly [N in Name]?: HandlerFunction } {
    this.#read = true;
    const found = names.flatMap((name) => {
      const step = this.#steps.get(name);
      return step ? [[name, step] as const] : [];
    });
    return Object.fromEntries(found) as { [N in Name]?: HandlerFunction };
  }
}
