import { html, nothing } from 'lit'
import type { Catalogue, ClassOf, SavedEvaluation, Session } from '../../client.ts'
import { dateText } from '../../format.ts'
import { evaluationPath } from '../../route.ts'
import { isGroup } from '../../selection.ts'
import '../../elements/page-list.css'
import { describedText, filteredText, resolveEvaluation, writeEvaluationChoice } from './evaluation.ts'
import { mayKeep, sharedText } from './evaluation-keeper.ts'
import { namesFor } from './provider-names.ts'

export const evaluationHref = ({ id, definition }: Pick<SavedEvaluation, 'id' | 'definition'>) =>
  `${evaluationPath}${writeEvaluationChoice({ ...definition, evaluation: id })}`

/** What a saved evaluation asks, in words; a provider is named where names of these are at hand. */
export const askedText = ({ definition }: SavedEvaluation, catalogue: Catalogue, ownArea: string, providers?: ClassOf[]) => {
  const { selection, unknown } = resolveEvaluation(definition, catalogue, ownArea, namesFor(definition.provider, providers))
  const gone = unknown.some(isGroup) ? '. Die Vergleichsgruppe, für die sie gespeichert ist, gibt es nicht mehr' : ''
  return `${describedText(selection)}; ${filteredText(selection)}${gone}`
}

export type EvaluationList = {
  saved: SavedEvaluation[]
  pinned: SavedEvaluation[]
  catalogue: Catalogue
  session: Session
  /** Those that evaluations count alone, as far as known. */
  providers: ClassOf[] | undefined
  /** These on the overview, in this order. */
  pin: (ids: string[]) => void
}

/** Own and shared evaluations, and which stand on the overview. */
export const evaluationList = ({ saved, pinned, catalogue, session, providers, pin }: EvaluationList) => {
  const own = saved.filter((each) => each.own)
  const shared = saved.filter((each) => !each.own)
  const item = (each: SavedEvaluation, status: string) => html`
    <li>
      <a class="sj-link" href=${evaluationHref(each)}>${each.name}</a>
      <p class="sj-meta">${askedText(each, catalogue, session.federal_state, providers)}</p>
      <p class="sj-meta">${status}, zuletzt geändert am ${dateText(each.changed_at)}</p>
    </li>
  `
  const section = (title: string, items: SavedEvaluation[], empty: string, status: (each: SavedEvaluation) => string) => html`
    <section class="sj-pagelist" aria-label=${title}>
      <h2 class="sj-h2">${title}</h2>
      ${
        items.length === 0
          ? html`<p class="sj-evaluations__none">${empty}</p>`
          : html`<ul>
              ${items.map((each) => item(each, status(each)))}
            </ul>`
      }
    </section>
  `
  return html`
    <div class="sj-evaluations">
      <div>
        ${
          mayKeep(session)
            ? section('Ihre Auswertungen', own, 'Sie haben noch keine Auswertung gespeichert.', (each) => sharedText(each.shared, session))
            : nothing
        }
        ${section('Für Sie freigegeben', shared, 'Niemand hat eine Auswertung für Sie freigegeben.', ({ owner }) => `Von ${owner}`)}
      </div>
      <section class="sj-pagelist" aria-label="Auf dem Überblick">
        <h2 class="sj-h2">Auf dem Überblick</h2>
        ${
          pinned.length === 0
            ? html`<p class="sj-evaluations__none">Nichts. Öffnen Sie eine Auswertung, um sie anzuheften.</p>`
            : html`<ol>
                ${pinned.map((each, at) => pinnedItem(each, at, pinned, pin))}
              </ol>`
        }
      </section>
    </div>
  `
}

const pinnedItem = (each: SavedEvaluation, at: number, pinned: SavedEvaluation[], pin: EvaluationList['pin']) => {
  const others = pinned.filter(({ id }) => id !== each.id).map(({ id }) => id)
  const earlier = () => pin(others.toSpliced(at - 1, 0, each.id))
  return html`
    <li>
      <a class="sj-link" href=${evaluationHref(each)}>${each.name}</a>
      <p class="sj-meta sj-evaluations__pin">
        ${at > 0 ? html`<button type="button" class="sj-link" aria-label="Nach vorn: ${each.name}" @click=${earlier}>Nach vorn</button>` : nothing}
        <button type="button" class="sj-link" aria-label="Lösen: ${each.name}" @click=${() => pin(others)}>Lösen</button>
      </p>
    </li>
  `
}
