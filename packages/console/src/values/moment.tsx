import { useTexts } from '../texts/index.ts';

/** A moment in the reader's own zone; its UTC on hover. */
export function Moment({ at }: { readonly at: string | null | undefined }) {
  const { language } = useTexts();
  if (!at) return <>–</>;
  const format = new Intl.DateTimeFormat(language, { dateStyle: 'medium', timeStyle: 'medium' });
  const utc = `${at.replace('T', ' ').replace(/\.\d+/, '').replace('Z', '')} UTC`;
  return (
    <time dateTime={at} title={utc} className="unbroken">
      {format.format(new Date(at))}
    </time>
  );
}

/** How long something took or takes, in the two largest units. */
export function Duration({ from, to }: { readonly from: string | null | undefined; readonly to?: string | null }) {
  if (!from) return <>–</>;
  const end = to ? Date.parse(to) : Date.now();
  return <>{spanText(end - Date.parse(from))}</>;
}

/** `1 h 2 min`, `3 min 4 s`, `5.1 s`. */
export function spanText(milliseconds: number): string {
  const seconds = Math.max(0, milliseconds / 1000);
  if (seconds < 60) return `${seconds.toFixed(seconds < 10 ? 1 : 0)} s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${minutes} min ${Math.floor(seconds % 60)} s`;
  const hours = Math.floor(minutes / 60);
  return hours < 48 ? `${hours} h ${minutes % 60} min` : `${Math.floor(hours / 24)} d ${hours % 24} h`;
}
