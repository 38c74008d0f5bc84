/** The auditor's desk: findings as work, what was checked, what changed between two dates, and which codes may be one. */
import type { PageProps } from '../shell/pages';
import { mayAudit } from '../state/account';
import { format, page } from '../state/address';
import { t } from '../texts';
import { Changes } from './Changes';
import { Checked } from './Checked';
import './desk.css';
import { Duplicates } from './Duplicates';
import { Findings } from './Findings';
import { part, PARTS } from './held';

export function Desk({ me, view }: PageProps) {
  // whoever loads ledgers sees what they changed, and no more of an auditor's work
  const parts = mayAudit(me) ? PARTS : (['changes'] as const);
  const wanted = part(view.held);
  const shown = parts.find((one) => one === wanted) ?? parts[0];
  const alone = shown === 'findings' && view.held['id'];
  return (
    <div class="desk">
      <div class="top">
        {!alone && <h1>{t('nav.desk')}</h1>}
        <nav class="parts" aria-label={t('nav.desk')}>
          {parts.map((one) => (
            <a key={one} href={format(page('desk', one === 'findings' ? {} : { part: one }))} aria-current={one === shown ? 'page' : undefined}>
              {t(`desk.part.${one}`)}
            </a>
          ))}
        </nav>
      </div>
      {shown === 'findings' && <Findings held={view.held} />}
      {shown === 'checked' && <Checked />}
      {shown === 'changes' && <Changes held={view.held} />}
      {shown === 'duplicates' && <Duplicates />}
    </div>
  );
}
