import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { guardServer } from 'one-machine/guard/guard-server.ts';
import { listen } from 'one-machine/services/free-port.ts';
import { systemError } from './answers.ts';
import type { Archive, Publication } from './archive.ts';
import { brokenAnswer } from './broken-answers.ts';
import { type Day, dayInTaipei, isDay, type Season } from './calendar.ts';
import { controlAnswer } from './control.ts';
import { deliver } from './delivery.ts';
import { directoryArchive } from './directory/archive.ts';
import { type FaultBook, type FaultOrder, faultBook } from './faults.ts';
import { generatedArchive } from './generated/archive.ts';
import type { Overview } from './overview.ts';
import { answer, asked } from './site.ts';

/** How a sample site is started; everything can be left out. */
export interface SampleSiteOptions {
  /** @default a free one */
  readonly port?: number;
  /** Serves the real files below this directory instead of made-up data. */
  readonly directory?: string;
  /** @default the real clock; with a directory, the date of its latest publication */
  readonly today?: Date | (() => Date);
  /** The same seed makes the same bytes. @default 'millrace' */
  readonly seed?: string;
}

/** A running sample site. */
export interface SampleSite {
  /** Without a slash at its end, as PRESALE_SITE_URL wants it. */
  readonly url: string;
  /** What it has published, oldest first: made-up data up to today, a directory's files all of them. */
  publications(): Publication[];
  /** Past seasons that can be asked for, oldest first. */
  seasons(): Season[];
  /** The publication that the site shows as its current one. */
  current(): Day | undefined;
  /** Moves the site to a day (in Taipei); throws a RangeError for one that does not exist. */
  setToday(date: Date | Day): void;
  /** Breaks the site; returns what takes this one fault back. Throws where the order makes no sense. */
  fault(order: FaultOrder): () => void;
  clearFaults(): void;
  /** The requests for the site's own paths so far, oldest first, at most the last thousand. */
  requests(): readonly ServedRequest[];
  /** Also ends the downloads that still run. */
  stop(): Promise<void>;
}

/** A request as it was served. */
interface ServedRequest {
  /** Path and query. */
  readonly url: string;
  readonly county?: string;
  readonly status: number;
  /** The kind of the fault that struck it. */
  readonly fault?: string;
}

interface Site {
  readonly archive: Archive;
  readonly seed: string;
  readonly faults: FaultBook;
  readonly requests: ServedRequest[];
  today(): Day;
  setToday(date: Date | Day): void;
  overview(): Overview;
}

/** Its pages are read by programs; in a browser they are shown, and nothing of them runs. */
const contentSecurity = [
  "default-src 'none'",
  "style-src 'unsafe-inline'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

const KEPT_REQUESTS = 1000;

/** Starts a stand-in for the site of pre-sale prices, on this machine only. */
export async function startSampleSite(options: SampleSiteOptions = {}): Promise<SampleSite> {
  const { directory, seed = 'millrace' } = options;
  const archive = directory === undefined ? generatedArchive(seed) : await directoryArchive(directory);
  const server = createServer((request, response) => serve(site, request, response));
  guardServer(server, { contentSecurity });
  const url = `http://127.0.0.1:${await listen(server, options.port)}`;
  const site = siteOf({ archive, seed, url, directory, clock: clockOf(options, archive) });

  return {
    url,
    publications: () => archive.publications(site.today()),
    seasons: () => archive.seasons(site.today()),
    current: () => archive.current(site.today()),
    setToday: (date) => site.setToday(date),
    fault: (order) => site.faults.add(order),
    clearFaults: () => site.faults.clear(),
    requests: () => site.requests,
    stop: () =>
      new Promise((resolve, reject) => {
        server.close((error) => (error ? reject(error) : resolve()));
        server.closeAllConnections();
      }),
  };
}

function clockOf({ today }: SampleSiteOptions, { start }: Archive): () => Day {
  if (typeof today === 'function') {
    return () => dayInTaipei(today());
  }

  return today === undefined ? () => start ?? dayInTaipei(new Date()) : () => dayInTaipei(today);
}

function siteOf(parts: {
  archive: Archive;
  seed: string;
  url: string;
  directory: string | undefined;
  clock: () => Day;
}): Site {
  const { archive, seed, url, directory } = parts;
  const faults = faultBook();
  let today = parts.clock;

  return {
    archive,
    seed,
    faults,
    requests: [],
    today: () => today(),
    setToday(date) {
      const moved = typeof date === 'string' ? date : dayInTaipei(date);
      if (!isDay(moved)) {
        throw new RangeError(`There is no day ${moved}: write it like 2022-09-11.`);
      }

      today = () => moved;
    },
    overview: () => ({
      url,
      ...(directory === undefined ? {} : { directory }),
      today: today(),
      current: archive.current(today()),
      publications: archive.publications(today()),
      seasons: archive.seasons(today()),
      leftOut: archive.leftOut,
      faults: faults.list(),
    }),
  };
}

async function serve(site: Site, request: IncomingMessage, response: ServerResponse): Promise<void> {
  try {
    await respond(site, request, response);
  } catch (error) {
    // A bug of ours, or a file that has gone: the one who asked sees which.
    process.emitWarning(`Sample site, ${request.url}: ${String(error)}`);
    if (response.headersSent) {
      response.destroy();
    } else {
      await deliver(response, systemError(500), { how: 'whole' });
    }
  }
}

async function respond(site: Site, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const path = request.url ?? '/';
  // Two slashes in front would be read as a host name.
  const url = new URL(`http://sample.invalid${path}`);
  const control = await controlAnswer(site, request, url.pathname);
  if (control !== undefined) {
    return deliver(response, control, { how: 'whole' });
  }

  const wanted = asked(url);
  const fault = site.faults.strike(path, wanted);
  const today = site.today();
  // Noon in Taipei of the day the site shows: its clock goes with its files.
  response.setHeader('date', new Date(`${today}T04:00:00Z`).toUTCString());
  const unbroken = () => answer(site.archive, today, wanted);
  const { answer: given, delivery } =
    fault === undefined
      ? { answer: await unbroken(), delivery: { how: 'whole' } as const }
      : await brokenAnswer(fault, { ...site, url: path, request: wanted, today, answer: unbroken });

  note(site.requests, {
    url: path,
    ...('county' in wanted ? { county: wanted.county } : {}),
    status: given.status,
    ...(fault === undefined ? {} : { fault: fault.kind }),
  });
  return deliver(response, given, delivery);
}

function note(requests: ServedRequest[], request: ServedRequest): void {
  requests.push(request);
  requests.splice(0, requests.length - KEPT_REQUESTS);
}
