import PQueue from 'p-queue';

export interface Manners {
  /** Requests to one host at once. */
  readonly atOnce: number;
  /** Between the starts of two requests to one host. */
  readonly gapMs: number;
}

// Hosts are forgotten beyond this, those with nothing to do first; a forgotten one may be asked a gap too soon.
const mostHosts = 1000;

/** Asks no host more often, or for more at once, than it should be asked; other hosts don't wait for it. */
export function politely<T>(ask: (url: string) => Promise<T>, { atOnce, gapMs }: Manners): (url: string) => Promise<T> {
  const hosts = new Map<string, PQueue>();
  const gap = gapMs > 0 ? { interval: gapMs, intervalCap: 1, strict: true } : {};
  return (url) => {
    const host = URL.canParse(url) ? new URL(url).host : '';
    const queue = hosts.get(host) ?? new PQueue({ concurrency: atOnce, ...gap });
    if (hosts.size >= mostHosts) forgetIdle(hosts);
    hosts.set(host, queue);
    return queue.add(() => ask(url));
  };
}

function forgetIdle(hosts: Map<string, PQueue>): void {
  for (const [host, { size, pending }] of hosts) if (size + pending === 0) hosts.delete(host);
}
