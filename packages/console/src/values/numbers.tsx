import { useTexts } from '../texts/index.ts';

/** A count in the reader's own grouping; a dash where nothing was counted. */
export function Count({ of }: { readonly of: number | null | undefined }) {
  const { language } = useTexts();
  return <span className="number">{of === null || of === undefined ? '–' : of.toLocaleString(language)}</span>;
}

/** US dollars to the cent, and more digits where they are less than one. */
export function Cost({ usd }: { readonly usd: number | null | undefined }) {
  const { language } = useTexts();
  if (usd === null || usd === undefined) return <>–</>;
  const maximumFractionDigits = usd !== 0 && Math.abs(usd) < 0.01 ? 6 : 2;
  return <>{usd.toLocaleString(language, { style: 'currency', currency: 'USD', maximumFractionDigits })}</>;
}

/** A size in the unit that leaves it short, of 1,000 as disks and networks count. */
export function Bytes({ of }: { readonly of: number | null | undefined }) {
  const { language } = useTexts();
  if (of === null || of === undefined) return <>–</>;
  const units = ['byte', 'kilobyte', 'megabyte', 'gigabyte'] as const;
  const power = Math.min(units.length - 1, Math.floor(Math.log10(Math.max(1, of)) / 3));
  const unit = units[power] ?? 'byte';
  return <>{(of / 1000 ** power).toLocaleString(language, { style: 'unit', unit, maximumFractionDigits: 1 })}</>;
}
