import { parentPort } from 'node:worker_threads';
import type { Order, Report } from './messages.ts';
import { readInSteps } from './read-in-steps.ts';

/** A thread that reads one page after the other: in a bundle a file of its own beside the handler's. */

const port = parentPort;
if (port === null) throw new Error('This file is the start of a thread');
const tell = (report: Report): void => port.postMessage(report);
port.on('message', (order: Order) => readInSteps(order, tell));
tell({ kind: 'ready' });
