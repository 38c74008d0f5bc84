/** Files of what is drawn: pictures and an offline page are made here, files for other programs by the service. */
import { useRef } from 'preact/hooks';
import { fileOf } from '../api/client';
import type { Me } from '../state/account';
import { save } from '../table/saving';
import { language, number, t, type Key } from '../texts';
import { legend, LIGHT } from '../graph/look';
import { offline } from './offline';
import { fontOf, measure, png } from '../graph/paint';
import { fitting, roomy, sheet, type Shown } from '../graph/sheet';
import { svg } from './svg';
import { twins } from './Twins';
import type { OnBoard } from './useBoard';

const DRAWN = ['png', 'svg', 'html'] as const;
const MADE = ['graphml', 'gexf', 'xlsx', 'csv', 'json', 'cypher'] as const;
const ENDING: Partial<Record<(typeof MADE)[number], string>> = { csv: 'zip' };

interface Props {
  me: Me;
  on: OnBoard;
  drawing: Shown;
  tell: (key: Key, blanks?: Record<string, string | number>) => void;
  failed: (error: unknown) => void;
}

/** A sheet of all that is drawn, large enough for its names. */
function whole(drawing: Shown) {
  const size = roomy(drawing.at.values());
  const context = document.createElement('canvas').getContext('2d');
  const wide = (text: string, strong: boolean) => (context ? measure(context, text, strong) : text.length * 9);
  if (context) context.font = fontOf(false);
  // what was chosen or pointed at is no part of a picture that is kept
  const plain = { ...drawing, chosen: new Set<string>(), cursor: null };
  return sheet(plain, fitting(plain.at.values(), size), size, wide);
}

export function Files({ me, on, drawing, tell, failed }: Props) {
  const menu = useRef<HTMLDetailsElement>(null);
  const none = drawing.things.length === 0;
  const title = t('explore.file_title', { n: number(drawing.things.length) });
  const described = t('explore.label', { nodes: number(drawing.things.length), edges: number(drawing.links.length) });
  const made = async (kind: (typeof DRAWN)[number] | (typeof MADE)[number]) => {
    if (menu.current) menu.current.open = false;
    const name = `explore-${drawing.things.length}`;
    const ending = ENDING[kind as 'csv'] ?? kind;
    try {
      if (kind === 'png' || kind === 'svg' || kind === 'html') {
        const drawn = whole(drawing);
        const rows = legend(drawing.things, drawing.links);
        if (kind === 'png') save(await png(drawn, rows, title, LIGHT), name, ending);
        else if (kind === 'svg') save(new Blob([svg(drawn, rows, LIGHT, { title, described })], { type: 'image/svg+xml' }), name, ending);
        else {
          const { things, relations } = twins({ shown: on.shown, known: on.known, pinned: on.board.pinned });
          const notes = [described, on.board.asOf ? t('entity.as_of', { date: on.board.asOf }) : t('explore.latest')];
          const text = offline(language.value === 'zh' ? 'zh-CN' : 'en', title, notes, svg(drawn, rows, LIGHT, { title, described, inline: true }), [
            { name: t('explore.things'), ...things },
            { name: t('entity.relations'), ...relations },
          ]);
          save(new Blob([text], { type: 'text/html;charset=utf-8' }), name, ending);
        }
      } else {
        const ids = drawing.things.map(({ key }) => key);
        save(await fileOf('/export/selection', { ids, format: kind, as_of: on.board.asOf }), name, ending);
      }
      tell('explore.file_made', { name: `${name}.${ending}` });
    } catch (error) {
      failed(error);
    }
  };
  const button = (kind: (typeof DRAWN)[number] | (typeof MADE)[number]) => (
    <li key={kind}>
      <button type="button" disabled={none} onClick={() => void made(kind)}>
        {t(`explore.file.${kind}`)}
      </button>
    </li>
  );
  return (
    <details
      ref={menu}
      class="menu"
      onKeyDown={(event) => {
        if (event.key !== 'Escape' || !menu.current?.open) return;
        event.stopPropagation();
        menu.current.open = false;
        menu.current.querySelector('summary')?.focus();
      }}
    >
      <summary>{t('explore.export')}</summary>
      <ul>
        {DRAWN.map(button)}
        {me.role !== 'viewer' && MADE.map(button)}
        {me.role === 'viewer' && <li class="quiet">{t('explore.file_roles')}</li>}
      </ul>
    </details>
  );
}
