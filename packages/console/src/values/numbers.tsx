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
