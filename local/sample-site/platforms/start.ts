import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';
import { guardServer } from 'one-machine/guard/guard-server.ts';
import { listen } from 'one-machine/services/free-port.ts';
import { type Answer, jsonAnswer, nothingHere, systemError } from '../answers.ts';
import { ordered } from '../control.ts';
import { deliver } from '../delivery.ts';
import { bili } from './bili.ts';
import { brokenPlatformAnswer } from './broken-answers.ts';
import {
  type PlatformFaultBook,
  type PlatformFaultOrder,
  platformFaultBook,
  type SiteName,
  siteNames,
} from './faults.ts';
import { gateway } from './gateway.ts';
import type { PlatformSite } from './platform-site.ts';
import { weibo } from './weibo.ts';
import { weixin } from './weixin.ts';

/** How the platforms' sites are started; everything can be left out. */
export interface PlatformSitesOptions {
  /** @default a free one */
  readonly port?: number;
  /** @default the real clock */
  readonly now?: () => Date;
}

/** The platforms' sites, running. */
export interface PlatformSites {
  /** Where one of them is, as a platform's `baseUrl` wants it. */
  urlOf(site: SiteName): string;
  /** Shows what is broken, and takes orders to break. */
  readonly controlUrl: string;
  /** Breaks them; returns what takes this one fault back. Throws where the order makes no sense. */
  fault(order: PlatformFaultOrder): () => void;
  clearFaults(): void;
  /** Answers a path of a site with a page of the caller's instead of a made-up one. */
  serve(site: SiteName, path: string, answer: PlatformSite[string]): void;
  /** The requests so far, oldest first, at most the last thousands. */
  requests(): readonly ServedCall[];
  stop(): Promise<void>;
}

/** A request as it was served. */
export interface ServedCall {
  readonly site: SiteName;
  /** Path and query. */
  readonly url: string;
  readonly at: Date;
  readonly status: number;
  /** The kind of the fault that struck it. */
  readonly fault?: string;
}

interface Sites {
  readonly pages: Readonly<Record<SiteName, Map<string, PlatformSite[string]>>>;
  readonly faults: PlatformFaultBook;
  readonly requests: ServedCall[];
  readonly now: () => Date;
}

const keptRequests = 20_000;
const contentSecurity = "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/** Starts stand-ins for the platforms that briefs search, on this machine only: one port, a folder for each. */
export async function startPlatformSites({
  port = 0,
  now = () => new Date(),
}: PlatformSitesOptions = {}): Promise<PlatformSites> {
  const own = (site: PlatformSite) => new Map(Object.entries(site));
  const pages = { weixin: own(weixin), weibo: own(weibo), bili: own(bili), gateway: own(gateway) };
  const sites: Sites = { pages, faults: platformFaultBook(), requests: [], now };
  const server = createServer((request, response) => serve(sites, request, response));
  guardServer(server, { contentSecurity });
  const url = `http://127.0.0.1:${await listen(server, port)}`;
  return {
    urlOf: (site) => `${url}/${site}`,
    controlUrl: `${url}/sample`,
    fault: (order) => sites.faults.add(order),
    clearFaults: () => sites.faults.clear(),
    serve: (site, path, answer) => pages[site].set(path, answer),
    requests: () => sites.requests,
    stop: () =>
      new Promise((resolve, reject) => {
        server.close((error) => (error ? reject(error) : resolve()));
        server.closeAllConnections();
      }),
  };
}

async function serve(sites: Sites, request: IncomingMessage, response: ServerResponse): Promise<void> {
  try {
    await respond(sites, request, response);
  } catch (error) {
    process.emitWarning(`Sample platforms, ${request.url}: ${String(error)}`);
    if (response.headersSent) response.destroy();
    else await deliver(response, systemError(500), { how: 'whole' });
  }
}

async function respond(sites: Sites, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const url = new URL(`http://sample.invalid${request.url ?? '/'}`);
  const control = await controlled(sites, request, url.pathname);
  if (control) return deliver(response, control, { how: 'whole' });
  const [, name = '', path = ''] = /^\/([a-z]+)(\/.*)$/.exec(url.pathname) ?? [];
  const site = siteNames.find((one) => one === name);
  const page = site && sites.pages[site].get(path);
  if (!site || !page) return deliver(response, nothingHere(), { how: 'whole' });
  const body = await text(request);
  const now = sites.now();
  const unbroken = () => page({ url, request, body, now });
  const fault = sites.faults.strike(site, `${request.url}${body}`);
  const { answer, delivery } = fault
    ? await brokenPlatformAnswer(fault, site, unbroken)
    : { answer: unbroken(), delivery: { how: 'whole' } as const };
  note(sites.requests, {
    site,
    url: request.url ?? '',
    at: now,
    status: answer.status,
    ...(fault ? { fault: fault.kind } : {}),
  });
  return deliver(response, answer, delivery);
}

/** The paths below `/sample`, as the ministry's site has them. */
async function controlled(
  { faults, requests }: Sites,
  request: IncomingMessage,
  path: string,
): Promise<Answer | undefined> {
  switch (`${request.method} ${path}`) {
    case 'GET /':
    case 'GET /sample':
      return jsonAnswer(200, { sites: siteNames, requests: requests.length, faults: faults.list() });
    case 'GET /sample/faults':
      return jsonAnswer(200, faults.list());
    case 'DELETE /sample/faults':
      faults.clear();
      return jsonAnswer(200, []);
    case 'POST /sample/faults':
      return ordered(request, (order) => {
        faults.add(order as PlatformFaultOrder);
        return faults.list();
      });
    default:
      return path.startsWith('/sample') ? jsonAnswer(404, { error: 'Not Found' }) : undefined;
  }
}

function note(requests: ServedCall[], request: ServedCall): void {
  requests.push(request);
  requests.splice(0, requests.length - keptRequests);
}
