/** What Excel takes of an address. */
const longestAddress = 2079;

export interface LinkTarget {
  readonly address: string;
  /** What stands after its `#`. */
  readonly location: string | undefined;
}

/** Where a link leads, as a workbook writes it; `undefined` for what is no address of the web, or too long for Excel. */
export function linkTarget(text: string): LinkTarget | undefined {
  const url = /^https?:\/\/[^\s]/i.test(text) ? URL.parse(text) : null;
  if (!url || url.href.length > longestAddress) return undefined;
  const location = url.hash.slice(1);
  url.hash = '';
  return { address: url.href, location: location === '' ? undefined : location };
}
