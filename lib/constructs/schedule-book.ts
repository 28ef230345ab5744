import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import type { IConstruct } from 'constructs';
import type { ScheduledTask, SlotRules } from '../../lambdas/kit/schedule.ts';
import type { EdgeName } from './failure-book.ts';

/** A schedule whose slots are kept. */
export interface BookedSchedule {
  readonly name: EdgeName;
  readonly task: ScheduledTask;
  readonly slots: SlotRules;
  readonly enabled: boolean;
  /** Starts a slot's work. */
  readonly start: IFunction;
}

/** Every schedule of the app whose slots are kept, in the order of their making; the keeper of slots is made after them. */
export class ScheduleBook {
  readonly schedules: BookedSchedule[] = [];
  static readonly #books = new WeakMap<IConstruct, ScheduleBook>();

  /** The book of the app a construct stands in. */
  static of(scope: IConstruct): ScheduleBook {
    const book = ScheduleBook.#books.get(scope.node.root) ?? new ScheduleBook();
    ScheduleBook.#books.set(scope.node.root, book);
    return book;
  }
}
