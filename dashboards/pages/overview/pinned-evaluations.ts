import { Task } from '@lit/task'
import { html, LitElement, nothing } from 'lit'
import {
  type Catalogue,
  type Evaluation,
  getCatalogue,
  getEvaluation,
  getEvaluationSize,
  getPinnedEvaluations,
  type SavedEvaluation,
  type Session,
} from '../../client.ts'
import { cellText, instantText, signText, unitText } from '../../format.ts'
import { evaluationPath } from '../../route.ts'
import { dimensionLabels, perOf, pivotOf } from '../evaluation/evaluation.ts'
import { askedText, evaluationHref } from '../evaluation/evaluation-list.ts'
import { pivotTable } from '../evaluation/evaluation-table.ts'
import '../evaluation/evaluation-page.css'
import { moneyValue } from './large-value.ts'
import { totalDefinition, totalOf } from './pinned-total.ts'

/** Of more the total is told: the overview stays one. */
const mostRows = 12
const mostColumns = 5
/** With what values are held against. */
const mostCells = 2 * mostRows * mostColumns

const providersIn = (answer: Evaluation | undefined) => answer?.members.provider?.map(({ key, label }) => ({ code: key, label }))

/** `whole`: where its first total stands. */
type Shown = { saved: SavedEvaluation; answer: Evaluation | undefined; whole: Evaluation | undefined }

const load = async (signal: AbortSignal): Promise<{ shown: Shown[]; catalogue: Catalogue } | undefined> => {
  const pinned = await getPinnedEvaluations(signal)
  if (pinned.length === 0) return undefined
  const [catalogue, ...shown] = await Promise.all([
    getCatalogue(signal),
    ...pinned.map(async (saved) => {
      const [answer, whole] = await Promise.all([smallAnswer(saved, signal), totalAnswer(saved, signal)])
      return { saved, answer, whole }
    }),
  ])
  return { shown, catalogue }
}

/** As the reader may see it. */
const totalAnswer = ({ definition }: SavedEvaluation, signal: AbortSignal): Promise<Evaluation | undefined> =>
  getEvaluation(totalDefinition(definition), signal).catch(() => undefined)

/** One that can no longer be answered, or not shortly, has no table. */
const smallAnswer = async ({ definition }: SavedEvaluation, signal: AbortSignal): Promise<Evaluation | undefined> => {
  try {
    const { cells } = await getEvaluationSize(definition, signal)
    if (cells > mostCells) return undefined
    const answer = await getEvaluation(definition, signal)
    return answer.rows.length <= mostRows && answer.columns.length <= mostColumns ? answer : undefined
  } catch {
    return undefined
  }
}

/** What the reader keeps on the overview: its first total, and its table where that is short. */
export class PinnedEvaluations extends LitElement {
  static override properties = { session: { attribute: false }, dataAsOf: { attribute: false } }
  declare session: Session
  /** Of the overview: what is newer there is newer here. */
  declare dataAsOf: string | undefined

  readonly #pinned = new Task(this, {
    args: () => [this.session.user_name, this.dataAsOf] as const,
    task: async ([, dataAsOf], { signal }) => (dataAsOf === undefined ? undefined : load(signal)),
  })

  protected override createRenderRoot() {
    return this
  }

  override render() {
    const pinned = this.#pinned.value
    if (!pinned) return nothing
    return html`
      <section class="sj-pinned" aria-labelledby="angeheftet">
        <h2 class="sj-h2" id="angeheftet">Angeheftete Auswertungen</h2>
        ${pinned.shown.map((each) => this.#one(each, pinned.catalogue))}
        <p class="sj-meta sj-no-print"><a class="sj-link" href=${evaluationPath}>Alle Auswertungen</a></p>
      </section>
    `
  }

  #one({ saved, answer, whole }: Shown, catalogue: Catalogue) {
    const pivot = answer && pivotOf(answer, catalogue)
    return html`
      <article>
        <h3><a class="sj-link" href=${evaluationHref(saved)}>${saved.name}</a></h3>
        <p class="sj-meta">${askedText(saved, catalogue, this.session.federal_state, providersIn(answer))}</p>
        ${whole ? totalLine(whole, catalogue) : nothing}
        ${
          answer && pivot
            ? pivotTable({
                pivot,
                title: saved.name,
                rowHead: dimensionLabels[answer.row_dimensions.at(-1)!],
                unit: answer.figures.length === 1 ? pivot.columns[0]?.unit : undefined,
                figureLabel: (figure) => catalogue.figures.find(({ name }) => name === figure)?.label ?? figure,
                own: this.session.youth_authority?.id,
                changed: new Map(),
              })
            : nothing
        }
      </article>
    `
  }
}

const totalLine = (answer: Evaluation, catalogue: Catalogue) => {
  const total = totalOf(answer, catalogue)
  if (!total) return nothing
  const { label, value, sign, format, averaged, how } = total
  const shown = () => {
    if (value === null) return html`<small>${signText(sign ?? '–')}</small>`
    if (format.unit === 'cents') return moneyValue(value)
    return html`${cellText(value, format, averaged)} <small>${unitText(format.unit, perOf(answer, catalogue))}</small>`
  }
  return html`
    <p class="sj-pinned__total">
      <span class="sj-value">${shown()}</span>
      <span class="sj-meta">
        ${label} insgesamt, ${how}. Stand <time datetime=${answer.data_as_of}>${instantText(answer.data_as_of)}</time>
      </span>
    </p>
  `
}

customElements.define('sj-pinned-evaluations', PinnedEvaluations)
