/** The slider over the dates of imports: the city as its rows had it then. */
import { useState, useEffect } from 'preact/hooks';
import type { Schemas } from '../api/client';
import { t } from '../texts';

type Batch = Pick<Schemas['Holdings']['batches'][number], 'date' | 'undone'>;

/** Dates of which something was loaded and not taken back, the earliest first; the last is the newest that any row is of. */
export function datesOf(batches: readonly Batch[], latest: string | null): string[] {
  const dates = batches.filter(({ undone }) => !undone).map(({ date }) => date);
  // an import of later than its newest row shows what that row's date shows
  return [...new Set(latest === null ? dates : [...dates.filter((date) => date < latest), latest])].sort();
}

interface Props {
  date: string | null;
  shown: string;
  batches: readonly Batch[];
  /** Of the newest row there is: what is shown where no date is asked for. */
  latest: string | null;
  change: (date: string | null) => void;
}

export function Dates({ date, shown, batches, latest, change }: Props) {
  const dates = datesOf(batches, latest);
  const last = dates.length - 1;
  const at = date === null ? last : Math.max(dates.findLastIndex((one) => one <= date), 0);
  const [held, hold] = useState<number | null>(null);
  useEffect(() => hold(null), [date]);
  if (dates.length < 2) return <span class="quiet">{t('map.date')} {shown}</span>;
  const now = held ?? at;
  const go = (to: number) => {
    if (to >= 0 && to <= last) change(to === last ? null : (dates[to] ?? null));
  };
  const text = `${dates[now] ?? shown}${now === last ? ` · ${t('map.date.latest')}` : ''}`;
  return (
    <span class="dates">
      <label for="map-date">{t('map.date')}</label>
      <button type="button" aria-label={t('map.date.earlier')} disabled={now <= 0} onClick={() => go(now - 1)}>
        ‹
      </button>
      <input
        id="map-date"
        type="range"
        min={0}
        max={last}
        step={1}
        value={now}
        aria-valuetext={text}
        onInput={(event) => hold(Number(event.currentTarget.value))}
        onChange={(event) => go(Number(event.currentTarget.value))}
      />
      <button type="button" aria-label={t('map.date.later')} disabled={now >= last} onClick={() => go(now + 1)}>
        ›
      </button>
      <output for="map-date">{text}</output>
    </span>
  );
}
