import type { IncomingMessage } from 'node:http';
import { text } from 'node:stream/consumers';
import { z } from 'zod';
import { type Answer, jsonAnswer } from './answers.ts';
import type { FaultBook, FaultOrder } from './faults.ts';
import { type Overview, overviewAnswer } from './overview.ts';

/** What the control paths can do to a site. */
export interface Controlled {
  readonly faults: FaultBook;
  overview(): Overview;
  setToday(date: string): void;
}

const todayOrder = z.strictObject({ date: z.iso.date() });

/** Orders are a line or two; whoever sends more has mistaken the path. */
const MAX_ORDER_CHARACTERS = 10_000;

/** The answer of a path below `/sample`; undefined for any other path. Orders that make no sense get 400 and the reason. */
export async function controlAnswer(
  site: Controlled,
  request: IncomingMessage,
  path: string,
): Promise<Answer | undefined> {
  switch (`${request.method} ${path}`) {
    case 'GET /':
    case 'GET /sample':
      return overviewAnswer(site.overview(), request.headers.accept);
    case 'GET /sample/faults':
      return jsonAnswer(200, site.faults.list());
    case 'DELETE /sample/faults':
      site.faults.clear();
      return jsonAnswer(200, []);
    case 'POST /sample/faults':
      return ordered(request, (order) => {
        site.faults.add(order as FaultOrder);
        return site.faults.list();
      });
    case 'POST /sample/today':
      return ordered(request, (order) => {
        site.setToday(todayOrder.parse(order).date);
        const { today, current } = site.overview();
        return { today, current };
      });
    default:
      return path.startsWith('/sample') ? jsonAnswer(404, { error: 'Not Found' }) : undefined;
  }
}

/** Follows an order that came as JSON; one that makes no sense gets 400 and the reason. */
export async function ordered(request: IncomingMessage, follow: (order: unknown) => unknown): Promise<Answer> {
  try {
    return jsonAnswer(200, follow(JSON.parse((await text(request)).slice(0, MAX_ORDER_CHARACTERS))));
  } catch (error) {
    if (error instanceof z.ZodError) {
      return jsonAnswer(400, { error: 'Bad Request', message: z.prettifyError(error) });
    }

    if (error instanceof SyntaxError) {
      return jsonAnswer(400, { error: 'Bad Request', message: `Not JSON: ${error.message}` });
    }

    throw error;
  }
}
