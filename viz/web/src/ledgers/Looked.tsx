/** What the ledgers would be read as: sheet by sheet with headers, meanings to choose, first rows and faulty cells. */
import { useMemo, useState } from 'preact/hooks';
import { post, type Problem, type Schemas } from '../api/client';
import { fileName } from '../desk/sources';
import { Act } from '../shell/Act';
import { Failure } from '../shell/Failure';
import { announce } from '../state/announce';
import { problemOf } from '../state/asked';
import { language, number, t } from '../texts';
import { Faults } from './Faults';
import { drafted, type Layouts } from './layout';
import { changed, entries, missing, nameFor, read, twice, type Preview, type Said, type Sheet } from './mapping';
import { SheetCard } from './SheetCard';

interface Props {
  preview: Preview;
  /** The mapping that it was read with. */
  map: string;
  /** One's own mappings that are saved. */
  own: readonly Schemas['SavedMapping'][];
  /** What was said of its columns, by sheet. */
  said: Readonly<Record<string, Said>>;
  say: (next: Record<string, Said>) => void;
  /** What was said of headers, which is not saved yet. */
  layouts: Layouts;
  /** Looks again, with this said of a sheet's header. */
  layOut: (next: Layouts, key: string, draft: Record<string, unknown>[]) => void;
  /** The sheet whose header was said last. */
  here: string | null;
  load: () => void;
  saved: (name: string) => void;
  again: () => void;
}

export function Looked({ preview, map, own, said, say, layouts, layOut, here, load, saved, again }: Props) {
  const lang = language.value;
  const sheets = useMemo(() => preview.files.flatMap((file) => file.sheets.map((sheet, k) => ({ key: `${file.path}\n${k}`, file: file.path, sheet }))), [preview]);
  const of = (key: string, sheet: Sheet) => said[key] ?? read(sheet);
  const dirty = sheets.filter(({ key, sheet }) => key in layouts || changed(sheet, of(key, sheet)));
  const doubled = sheets.some(({ key, sheet }) => twice(of(key, sheet), sheet).length > 0);
  const ledgers = sheets.filter(({ sheet }) => sheet.kind);
  const others = sheets.filter(({ sheet }) => !sheet.kind && !sheet.left_out).length;
  const rows = ledgers.reduce((sum, { sheet }) => sum + sheet.rows, 0);
  const lacking = sheets.filter(({ key, sheet }) => !sheet.left_out && missing(sheet, of(key, sheet), preview.kinds).length > 0);
  const faulty = ledgers.reduce((sum, { sheet }) => sum + sheet.faulty_rows, 0);
  const refused = preview.files.flatMap((file) => file.refused.map((one) => ({ ...one, path: file.path })));
  const outlines = preview.files.filter((file) => file.outlines);
  const loads = rows > 0 || outlines.length > 0;
  return (
    <>
      <ul class="figures">
        <li>
          <strong>{number(ledgers.length)}</strong> {t('ledgers.sheets')}
        </li>
        <li>
          <strong>{number(rows)}</strong> {t('ledgers.rows')}
        </li>
        <li>
          <strong>{number(faulty)}</strong> {t('ledgers.faulty_rows')}
        </li>
        {others > 0 && (
          <li>
            <strong>{number(others)}</strong> {t('ledgers.unknown_sheets')}
          </li>
        )}
      </ul>
      <p class="quiet">{t('ledgers.checked')}</p>
      {refused.map((one) => (
        <p key={`${one.path}${one.sheet}${one.code}`} class="warning">
          {fileName(one.path)}
          {one.sheet && ` [${one.sheet}]`}: {one[lang]}
        </p>
      ))}
      {preview.skipped.map((one) => (
        <p key={one.path} class="quiet">
          {fileName(one.path)}: {one[lang]}
        </p>
      ))}
      <div class="bar acts">
        <button type="button" class="main" disabled={!loads || dirty.length > 0} onClick={load}>
          {t('ledgers.load', { n: number(Math.max(0, rows - faulty)) })}
        </button>
        <button type="button" onClick={again}>
          {t('ledgers.others')}
        </button>
        {map && <span class="quiet">{t('ledgers.read_with', { name: map })}</span>}
      </div>
      {!loads && <p class="warning">{t('ledgers.nothing')}</p>}
      {lacking.length > 0 && <p class="warning">{t('ledgers.lacking', { n: number(lacking.length) })}</p>}
      {dirty.length > 0 && (
        <Save
          sheets={sheets.map(({ key, file, sheet }) => [sheet, of(key, sheet), preview.files.length > 1 ? fileName(file) : null] as const)}
          name={map || nameFor(sheets[0]?.file ?? '')}
          own={own}
          blocked={doubled ? t('ledgers.doubled') : null}
          saved={saved}
          drop={() => {
            say({});
            if (Object.keys(layouts).length) layOut({}, '', []);
          }}
        />
      )}
      {sheets.map(({ key, file, sheet }, k) => (
        <SheetCard
          key={key}
          file={fileName(file)}
          sheet={sheet}
          kinds={preview.kinds}
          said={of(key, sheet)}
          open={sheets.length <= 2 || (k === sheets.findIndex((one) => (!one.sheet.kind && !one.sheet.left_out) || one.sheet.missing.length > 0))}
          here={key === here}
          say={(next) => say({ ...said, [key]: next })}
          layOut={(next) => {
            const all = { ...layouts, [key]: next };
            layOut(all, key, drafted(sheets, all));
          }}
        />
      ))}
      {preview.faults.length > 0 && <Faults faults={preview.faults} omitted={preview.faults_omitted} name={t('ledgers.faults')} />}
    </>
  );
}

interface SaveProps {
  sheets: readonly (readonly [Sheet, Said, string | null])[];
  name: string;
  /** One's own mappings that are saved. */
  own: readonly Schemas['SavedMapping'][];
  blocked: string | null;
  saved: (name: string) => void;
  drop: () => void;
}

function Save({ sheets, name, own, blocked, saved, drop }: SaveProps) {
  const [typed, setTyped] = useState(name);
  const [chosen, setChosen] = useState<boolean | null>(null);
  const [problem, setProblem] = useState<Problem | null>(null);
  const [busy, setBusy] = useState(false);
  const there = own.find((one) => one.name === typed.trim());
  const shared = chosen ?? there?.shared ?? false;
  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    if (busy || blocked !== null) return;
    setBusy(true);
    setProblem(null);
    const wanted = typed.trim();
    post<Schemas['SavedMapping']>(`/mappings/${encodeURIComponent(wanted)}`, { sheets: entries(sheets), replace: there !== undefined, shared }).then(
      () => {
        announce(t('ledgers.saved', { name: wanted }));
        saved(wanted);
      },
      (error: unknown) => {
        setProblem(problemOf(error));
        setBusy(false);
      },
    );
  };
  return (
    <form class="card save" onSubmit={submit}>
      <p>
        <strong>{t('ledgers.changed')}</strong> {t('ledgers.save_why')}
      </p>
      <label>
        {t('ledgers.save_as')} <input value={typed} required maxLength={64} onInput={(event) => setTyped(event.currentTarget.value)} />
      </label>
      <label>
        <input type="checkbox" checked={shared} onChange={(event) => setChosen(event.currentTarget.checked)} /> {t('ledgers.share')}
      </label>
      {there && <p class="quiet">{t('ledgers.replaces')}</p>}
      {blocked && <p class="warning">{blocked}</p>}
      {problem && <Failure problem={problem} />}
      <div class="bar">
        <Act type="submit" main off={busy || blocked !== null}>
          {t('ledgers.save')}
        </Act>
        <button type="button" onClick={drop}>
          {t('ledgers.drop_changes')}
        </button>
      </div>
    </form>
  );
}
