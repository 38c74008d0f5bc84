/** Above the board: undo and redo, how it is arranged, how one selects, its date, files of it, saved views. */
import { useState } from 'preact/hooks';
import { Act } from '../shell/Act';
import type { Me } from '../state/account';
import { t, type Key } from '../texts';
import { type Command, type Layout } from './board';
import type { Tool } from '../graph/Canvas';
import { Files } from './Files';
import { Saved } from './Saved';
import type { Shown } from '../graph/sheet';
import type { OnBoard } from './useBoard';

const TOOLS: readonly Tool[] = ['point', 'lasso', 'box'];
const LAYOUTS: readonly Layout[] = ['auto', 'levels', 'forces'];

interface Props {
  me: Me;
  on: OnBoard;
  tool: Tool;
  setTool: (tool: Tool) => void;
  drawing: Shown;
  back: (which: 'redo' | 'undo') => void;
  clear: () => void;
  act: (command: Command) => void;
  tell: (key: Key, blanks?: Record<string, string | number>) => void;
  failed: (error: unknown) => void;
}

export function Bar({ me, on, tool, setTool, drawing, back, clear, act, tell, failed }: Props) {
  const [keeping, setKeeping] = useState(false);
  const { board } = on;
  const full = board.held.size > 0;
  const undoes = on.last ? t('explore.undo_what', { what: t(`explore.did.${on.last.does}`) }) : t('explore.undo');
  return (
    <div class="tools-bar" role="toolbar" aria-label={t('explore.tools')}>
      <div class="bar">
        <Act off={!on.can.undo} keys="u Control+z" label={t('explore.undo')} title={undoes} act={() => back('undo')}>
          ↶
        </Act>
        <Act off={!on.can.redo} keys="r Control+y" label={t('explore.redo')} title={t('explore.redo')} act={() => back('redo')}>
          ↷
        </Act>
      </div>
      <div class="bar" role="group" aria-label={t('explore.select_by')}>
        {TOOLS.map((one) => (
          <button key={one} type="button" disabled={!full} aria-pressed={tool === one} onClick={() => setTool(one)}>
            {t(`explore.tool.${one}`)}
          </button>
        ))}
      </div>
      <div class="bar">
        <label>
          {t('explore.layout')}{' '}
          <select value={board.layout} disabled={!full} onChange={(event) => act({ does: 'lay', layout: event.currentTarget.value as Layout })}>
            {LAYOUTS.map((one) => (
              <option key={one} value={one}>
                {t(`explore.layout.${one}`)}
              </option>
            ))}
          </select>
        </label>
        <button type="button" disabled={!full} onClick={on.arrange}>
          {t('explore.arrange')}
        </button>
      </div>
      <label class="bar">
        {t('explore.date')}
        <input type="date" value={board.asOf ?? ''} max="9999-12-30" onChange={(event) => act({ does: 'date', asOf: event.currentTarget.value || null })} />
      </label>
      <div class="bar end">
        <Files me={me} on={on} drawing={drawing} tell={tell} failed={failed} />
        <button type="button" aria-haspopup="dialog" onClick={() => setKeeping(true)}>
          {t('explore.saved')}
        </button>
        <Act off={!full} act={clear}>
          {t('explore.clear')}
        </Act>
      </div>
      {keeping && <Saved on={on} close={() => setKeeping(false)} />}
    </div>
  );
}
